package mockpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// tolerance is how far a timestamp may be from the simulator's clock.
const tolerance = 300 * time.Second

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
	err = p.nonces.Use(account.KeyID+" "+nonce, now)
	switch {
	case errors.Is(err, desk.ErrUsed):
		return fail(http.StatusUnauthorized, "NONCE_REPLAYED", err.Error())
	case err != nil:
		return fail(http.StatusServiceUnavailable, "BUSY", err.Error())
	}
	return nil
}
