package mockpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tolerance is how far a timestamp may be from the simulator's clock.
const tolerance = 300 * time.Second

// maxNonces bounds each of the two generations of nonces.
const maxNonces = 1_000_000

var nonceForm = regexp.MustCompile(`^[0-9A-Za-z_-]{16,64}$`)

// sum is the hexadecimal HMAC-SHA256 of the parts, one per line; the last part
// is the raw body, so that nothing behind it can be mistaken.
func sum(secret string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// signed checks a call over the bytes it came with and uses its nonce up.
func (p *Provider) signed(r *http.Request, account Account, body []byte) *failure {
	stamp, nonce := r.Header.Get("Mockpay-Timestamp"), r.Header.Get("Mockpay-Nonce")
	if !nonceForm.MatchString(nonce) {
		return fail(http.StatusUnauthorized, "NONCE_INVALID", "the nonce is 16 to 64 characters [0-9A-Za-z_-]")
	}
	want := sum(account.Secret, r.Method, r.RequestURI, stamp, nonce, string(body))
	if !equal(want, r.Header.Get("Mockpay-Signature")) {
		return fail(http.StatusUnauthorized, "SIGNATURE_INVALID", "the signature does not verify")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	now := p.deps.Pace.Now()
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return fail(http.StatusUnauthorized, "TIMESTAMP_INVALID", "the timestamp is too far from now")
	}
	return p.nonces.use(account.KeyID+" "+nonce, now)
}

// nonces remembers what was used for at least twice the tolerance: longer than
// any signed call stays valid.
type nonces struct {
	mu       sync.Mutex
	young    map[string]struct{}
	old      map[string]struct{}
	turnedAt time.Time
}

func (n *nonces) use(key string, now time.Time) *failure {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.young == nil || now.Sub(n.turnedAt) > 2*tolerance {
		n.old, n.young, n.turnedAt = n.young, map[string]struct{}{}, now
	}
	_, young := n.young[key]
	_, old := n.old[key]
	switch {
	case young || old:
		return fail(http.StatusUnauthorized, "NONCE_REPLAYED", "this call was made before")
	case len(n.young) >= maxNonces:
		return fail(http.StatusServiceUnavailable, "BUSY", "too many calls in a short time")
	}
	n.young[key] = struct{}{}
	return nil
}
