package mockpay

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
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
		c.rule = p.spoil(op, numbers...)
		ctx, cancel := p.until(r.Context())
		defer cancel()
		if refusal := p.before(ctx, c.rule); refusal != nil {
			p.send(w, c, refusal.answer())
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

// spoil takes a rule off the board and tells the journal.
func (p *Provider) spoil(op faults.Op, numbers ...string) faults.Rule {
	rule := p.deps.Faults.Take(Name, op, numbers...)
	p.tellFault(rule, numbers)
	return rule
}

func (p *Provider) tellFault(rule faults.Rule, numbers []string) {
	if rule.ID == "" {
		return
	}
	entry := journal.Entry{Kind: "fault", Note: string(rule.Op) + " " + string(rule.Mode) + " " + rule.ID}
	if len(numbers) > 0 {
		entry.Number = numbers[0]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(entry, record{})
}

// until is a context that also ends when the simulator stops.
func (p *Provider) until(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(p.deps.Pace.Context(), cancel)
	return ctx, func() { stop(); cancel() }
}

// before spoils a call that then does nothing, or late.
func (p *Provider) before(ctx context.Context, rule faults.Rule) *failure {
	switch rule.Mode {
	case faults.DropBefore:
		panic(http.ErrAbortHandler) // the server closes the connection without an answer
	case faults.ErrorBefore:
		return fail(http.StatusInternalServerError, "SYSTEM_ERROR", "try again")
	case faults.RateLimited:
		return fail(http.StatusTooManyRequests, "RATE_LIMITED", "too many calls")
	case faults.Delay:
		// A caller who gave up still gets it done: that is what makes it ambiguous.
		pace.Sleep(ctx, time.Duration(rule.MS)*time.Millisecond)
	default: // the other modes come later
	}
	return nil
}

// after answers, unless the rule spoils the answer of what was done.
func (p *Provider) after(ctx context.Context, w http.ResponseWriter, c *call, result answer) {
	switch c.rule.Mode {
	case faults.DropAfter:
		panic(http.ErrAbortHandler)
	case faults.ErrorAfter:
		result = fail(http.StatusInternalServerError, "SYSTEM_ERROR", "try again").answer()
	case faults.Hold:
		p.deps.Faults.Hold(ctx, c.rule)
	case faults.Redirect:
		w.Header().Set("Location", "/mockpay/v1/elsewhere")
		result.status = http.StatusFound
	default: // the other modes had their moment, or change the bytes only
	}
	p.send(w, c, result)
}

// send writes an answer, signed together with its status and the caller's nonce:
// no other answer can be put in its place.
func (p *Provider) send(w http.ResponseWriter, c *call, result answer) {
	body := c.bytes(result)
	secret := c.account.Secret
	if c.rule.Mode == faults.BadSignature {
		secret += "?"
	}
	header := w.Header()
	if c.account.Secret != "" {
		stamp := strconv.FormatInt(p.deps.Pace.Now().Unix(), 10)
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
	body := encode(result.body)
	switch c.rule.Mode {
	case faults.HugeBody:
		return append(bytes.Repeat([]byte(" "), 8<<20), body...)
	case faults.BadJSON:
		return body[:len(body)/2]
	case faults.SayStatus:
		return claim(body, map[string]any{"status": c.rule.Value})
	case faults.ForeignAccount:
		return claim(body, map[string]any{"merchant": "foreign", "app_id": "foreign"})
	default:
		return body
	}
}

// claim changes members of an answer that is about to be signed.
func claim(body []byte, lies map[string]any) []byte {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	for name, value := range lies {
		members[name] = value
	}
	return encode(members)
}

// encode is for what always marshals: strings, numbers and times of this age. If
// it did not, the simulator would no longer be the truth and must not go on.
func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
