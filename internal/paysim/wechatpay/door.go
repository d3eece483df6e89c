package wechatpay

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// maxBody is the most a call may carry, in bytes.
const maxBody = 64 << 10

// call is a verified call of a merchant. Rule is what shall go wrong with it.
type call struct {
	merchant *merchant // nil: not known who calls
	op       faults.Op
	body     []byte
	request  *http.Request
	rule     faults.Rule
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
		c, refusal := p.admit(w, r, op)
		if refusal != nil {
			p.send(w, c, refusal.answer())
			return
		}
		ctx, cancel := p.desk.Until(r.Context())
		defer cancel()
		if status := p.desk.Before(ctx, c.rule); status != 0 {
			p.send(w, c, trouble[status].answer())
			return
		}
		result := work(c)
		if err := p.journal.Flush(); err != nil {
			result = errBroken.answer()
		}
		p.after(ctx, w, c, result)
	}
}

// admit reads and verifies a call, keeps queries to their rate, and takes the
// rule that shall spoil it. The call is never nil, so that refusals can be sent.
func (p *Provider) admit(w http.ResponseWriter, r *http.Request, op faults.Op) (*call, *failure) {
	c := &call{request: r, op: op}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return c, param("", nil, "请求体过大或不完整")
	}
	c.body = body
	var refusal *failure
	if c.merchant, refusal = p.verify(r, body); refusal != nil {
		return c, refusal
	}
	if (op == faults.Query || op == faults.RefundQuery) && !p.rate.admit(c.merchant.MchID, p.deps.Pace.Now()) {
		return c, errOften
	}
	c.rule = p.deps.Faults.TakeBut(faults.UnsignedErrors, Name, op, c.numbers()...)
	p.desk.Tell(c.rule, c.numbers()...)
	return c, nil
}

// numbers is what a fault rule may name: from the path, or from the body.
func (c *call) numbers() []string {
	day := c.request.URL.Query().Get("bill_date")
	if named := c.request.PathValue("no") + c.request.PathValue("id") + day; named != "" {
		return []string{named}
	}
	var named struct {
		Order  string `json:"out_trade_no"`
		Refund string `json:"out_refund_no"`
	}
	// A body that is no JSON names nothing; the work itself will refuse it.
	_ = json.Unmarshal(c.body, &named)
	if named.Refund != "" {
		return []string{named.Refund, named.Order}
	}
	return []string{named.Order}
}

// after answers, unless the rule spoils the answer of what was done.
func (p *Provider) after(ctx context.Context, w http.ResponseWriter, c *call, result answer) {
	switch status := p.desk.After(ctx, c.rule); status {
	case http.StatusFound:
		w.Header().Set("Location", "/v3/elsewhere")
		result.status = status
	case http.StatusInternalServerError:
		result = errBusy.answer()
	}
	p.send(w, c, result)
}

// send answers, signed over the very bytes, also where there are none.
func (p *Provider) send(w http.ResponseWriter, c *call, result answer) {
	body := c.bytes(result)
	header := w.Header()
	header.Set("Request-ID", digits(20))
	header.Set("Server", "nginx")
	if c.merchant != nil && !p.bare(c, result) {
		serial, key := c.merchant.signer(c.request.Header.Get("Wechatpay-Serial"))
		if c.op == faults.Certificates {
			serial, key = c.merchant.CertificateSerial, c.merchant.certified
		}
		p.sign(header, letter{serial, key, c.rule.Mode}, body)
	}
	if result.status == http.StatusTooManyRequests {
		header.Set("Retry-After", "1")
	}
	if result.body != nil {
		header.Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(result.status)
	_, _ = w.Write(body) //nolint:gosec // JSON, sent as JSON; the caller may be gone
}

// bare says whether an answer goes out without a signature.
func (p *Provider) bare(c *call, result answer) bool {
	if result.status < http.StatusBadRequest {
		return c.rule.Mode == faults.Unsigned
	}
	rule := p.deps.Faults.TakeMode(faults.UnsignedErrors, Name, c.op, c.numbers()...)
	p.desk.Tell(rule, c.numbers()...)
	return rule.ID != ""
}

// letter is what an answer or a callback is signed with, and how that goes wrong.
type letter struct {
	serial string
	key    *rsa.PrivateKey
	mode   faults.Mode
}

// sign puts the five headers on what is sent, or spoils them as asked.
func (p *Provider) sign(header http.Header, l letter, body []byte) {
	at, text := p.deps.Pace.Now(), string(body)
	switch l.mode {
	case faults.Stale:
		at = at.Add(-tolerance - time.Second)
	case faults.StaleFuture:
		at = at.Add(tolerance + 2*time.Second) // stamps are cut to seconds
	case faults.WrongSerial:
		l.serial = "PUB_KEY_ID_0000000000000000000000000000"
	case faults.BadSignature, faults.Forged:
		text += "?"
	default: // the other modes leave the signature as it is
	}
	seconds, nonce := strconv.FormatInt(at.Unix(), 10), hexadecimal(16)
	signed := signature(l.key, seconds+"\n"+nonce+"\n"+text+"\n")
	if l.mode == faults.SignTest {
		signed = "WECHATPAY/SIGNTEST/" + signed[len("WECHATPAY/SIGNTEST/"):]
	}
	header.Set("Wechatpay-Timestamp", seconds)
	header.Set("Wechatpay-Nonce", nonce)
	header.Set("Wechatpay-Serial", l.serial)
	header.Set("Wechatpay-Signature", signed)
	header.Set("Wechatpay-Signature-Type", scheme)
}

func (c *call) bytes(result answer) []byte {
	if result.body == nil {
		return nil
	}
	body := desk.Encode(result.body)
	switch c.rule.Mode {
	case faults.SayStatus:
		word := "status"
		if c.op == faults.Query {
			word = "trade_state"
		}
		return desk.Claim(body, map[string]any{word: c.rule.Value})
	case faults.ForeignAccount:
		return desk.Claim(body, map[string]any{"mchid": "1900000000", "appid": "wxforeign"})
	default:
		return desk.Garble(body, c.rule.Mode)
	}
}
