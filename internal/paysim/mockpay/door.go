package mockpay

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// call is a verified call of a merchant. Rule is what shall go wrong with it.
type call struct {
	account Account
	nonce   string
	body    []byte
	request *http.Request
	rule    faults.Rule
}

type answer struct {
	status int
	body   any // nil: none
}

func (f *failure) answer() answer { return answer{f.status, f} }

// api is the one door of all signed calls: admit, spoil before, work, make
// durable, spoil after, answer.
func (p *Provider) api(op faults.Op, work func(*call) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, refusal := p.admit(w, r)
		if refusal != nil {
			p.send(w, c, refusal.answer())
			return
		}
		numbers := c.numbers()
		c.rule = p.desk.Spoil(op, numbers...)
		ctx, cancel := p.desk.Until(r.Context())
		defer cancel()
		if status := p.desk.Before(ctx, c.rule); status != 0 {
			p.send(w, c, trouble[status].answer())
			return
		}
		result := work(c)
		if err := p.journal.Flush(); err != nil {
			result = fail(http.StatusInternalServerError, "SYSTEM_ERROR", "the journal is broken").answer()
		}
		p.after(ctx, w, c, result)
	}
}

// admit reads and verifies a call. The call is never nil, so that refusals can
// be signed for an account that is known.
func (p *Provider) admit(w http.ResponseWriter, r *http.Request) (*call, *failure) {
	c := &call{request: r, nonce: r.Header.Get("Mockpay-Nonce")}
	account, known := p.byKey[r.Header.Get("Mockpay-Key")]
	if !known {
		return c, fail(http.StatusUnauthorized, "KEY_UNKNOWN", "no account has this key id")
	}
	c.account = account
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return c, fail(http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE", "the body is over 64 KiB or broke off")
	}
	c.body = body
	return c, p.signed(r, account, body)
}

// numbers is what a fault rule may name: from the path, or from the body.
func (c *call) numbers() []string {
	if named := c.request.PathValue("number") + c.request.PathValue("day"); named != "" {
		return []string{named}
	}
	var named struct{ Number, Order string }
	// A body that is no JSON names nothing; the work itself will refuse it.
	_ = json.Unmarshal(c.body, &named)
	return []string{named.Number, named.Order}
}

var trouble = map[int]*failure{
	http.StatusInternalServerError: fail(http.StatusInternalServerError, "SYSTEM_ERROR", "try again"),
	http.StatusTooManyRequests:     fail(http.StatusTooManyRequests, "RATE_LIMITED", "too many calls"),
}

// after answers, unless the rule spoils the answer of what was done.
func (p *Provider) after(ctx context.Context, w http.ResponseWriter, c *call, result answer) {
	switch status := p.desk.After(ctx, c.rule); status {
	case http.StatusFound:
		w.Header().Set("Location", "/mockpay/v1/elsewhere")
		result.status = status
	case http.StatusInternalServerError:
		result = trouble[status].answer()
	}
	p.send(w, c, result)
}

// send writes an answer, signed together with its status and the caller's nonce:
// no other answer can be put in its place.
func (p *Provider) send(w http.ResponseWriter, c *call, result answer) {
	body := c.bytes(result)
	secret, at := c.account.Secret, p.deps.Pace.Now()
	switch c.rule.Mode {
	case faults.BadSignature, faults.BadHash:
		secret += "?"
	case faults.Stale:
		at = at.Add(-301 * time.Second)
	default: // the other modes leave the signature as it is
	}
	header := w.Header()
	if c.account.Secret != "" {
		stamp := strconv.FormatInt(at.Unix(), 10)
		header.Set("Mockpay-Timestamp", stamp)
		header.Set("Mockpay-Nonce", c.nonce)
		header.Set("Mockpay-Signature", sum(secret, strconv.Itoa(result.status), stamp, c.nonce, string(body)))
	}
	if result.status == http.StatusTooManyRequests {
		header.Set("Retry-After", "1")
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(result.status)
	_, _ = w.Write(body) //nolint:gosec // JSON, sent as JSON; the caller may be gone
}

func (c *call) bytes(result answer) []byte {
	if result.body == nil {
		return nil
	}
	body := desk.Encode(result.body)
	switch c.rule.Mode {
	case faults.SayStatus:
		return desk.Claim(body, map[string]any{"status": c.rule.Value})
	case faults.ForeignAccount:
		return desk.Claim(body, map[string]any{"merchant": "foreign", "app_id": "foreign"})
	case faults.Garbage:
		return []byte(inGBK)
	default:
		return desk.Garble(body, c.rule.Mode)
	}
}
