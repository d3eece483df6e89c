package toy

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// asked is the body of every call; amounts are in fen, times in milliseconds.
type asked struct {
	Number  string `json:"number"`
	Order   string `json:"order"` // of a refund
	Product string `json:"product"`
	Minor   int64  `json:"minor"`
	Subject string `json:"subject"`
	Expires int64  `json:"expires"`
	Notify  string `json:"notify"`
	Day     string `json:"day"`
	After   int    `json:"after"`
}

// answer is the body of every answer. Code is empty where it went well.
type answer struct {
	Code        string `json:"code,omitempty"`
	Account     string `json:"account"`
	Number      string `json:"number"`
	Status      string `json:"status,omitempty"`
	Minor       int64  `json:"minor,omitempty"` // captured, or given back
	Transaction string `json:"transaction,omitempty"`
	At          int64  `json:"at,omitempty"`
	Scan        string `json:"scan,omitempty"` // what the code says
	Lines       []line `json:"lines,omitempty"`
	Next        int    `json:"next,omitempty"`
}

// line is one of a statement.
type line struct {
	Kind        string `json:"kind"`
	Number      string `json:"number"`
	Refund      string `json:"refund,omitempty"`
	Transaction string `json:"transaction"`
	Minor       int64  `json:"minor"`
	Fee         int64  `json:"fee"`
	At          int64  `json:"at"`
}

// sign is the hexadecimal HMAC-SHA256 of the parts, one a line.
func sign(secret string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// send answers, signed together with the caller's nonce and the status.
func (b *Bank) send(w http.ResponseWriter, nonce string, status int, said answer, rule faults.Rule) {
	said.Account = b.Account
	body, secret := desk.Encode(said), b.Secret
	switch rule.Mode {
	case faults.SayStatus:
		body = desk.Claim(body, map[string]any{"status": rule.Value})
	case faults.ForeignAccount:
		body = desk.Claim(body, map[string]any{"account": "foreign"})
	case faults.BadSignature:
		secret += "?"
	default:
		body = desk.Garble(body, rule.Mode)
	}
	if status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.Header().Set("Toy-Sign", sign(secret, nonce, strconv.Itoa(status), string(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may be gone
}

// tell begins to deliver news of an order, or of a refund; the lock is held.
func (b *Bank) tell(number, refund, url string, write func()) {
	id := rand.Text()
	b.courier.Announce(&courier.Event{
		ID: id, Merchant: b.Account, Number: number, Refund: refund, URL: url, Body: desk.Encode(map[string]string{
			"id": id, "account": b.Account, "number": number, "refund": refund,
		}),
	}, write)
}

// post delivers an event once. Only 200 is accepted.
func (b *Bank) post(ctx context.Context, e *courier.Event, mode faults.Mode) courier.Result {
	at, secret, body := b.pace.Now(), b.Secret, []byte(e.Body)
	switch mode {
	case faults.Forged:
		secret += "?"
	case faults.Stale:
		at = at.Add(-301 * time.Second)
	case faults.ForeignAccount:
		secret, body = "of somebody else", desk.Claim(body, map[string]any{"account": "foreign"})
	default: // the other modes leave what is signed as it is
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set("Toy-Time", stamp)
	header.Set("Toy-Sign", sign(secret, stamp, string(body)))
	if mode == faults.Truncated {
		body = body[:len(body)/2]
	}
	return courier.Send(ctx, b.client, courier.Letter{URL: e.URL, Header: header, Body: body},
		func(status int, _ string) bool { return status == http.StatusOK })
}
