package unionpay

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// maxBody is the most a call may carry, in bytes.
const maxBody = 5 << 20

// call is a verified call of a merchant. Rule is what shall go wrong with it.
type call struct {
	merchant *merchant // nil: not known who calls
	form     fields
	task     task
	op       faults.Op
	rule     faults.Rule
}

// task is one kind of call: what it must say, and what is done for it.
type task struct {
	op     faults.Op
	needed []string
	work   func(*call) (fields, *failure)
}

// tasks are the tasks of one address, by txnType, txnSubType and bizType.
type tasks map[string]task

func (f fields) kind() string { return f["txnType"] + "/" + f["txnSubType"] + "/" + f["bizType"] }

// api is the one door of all calls that programs make: admit, spoil before, work,
// make durable, spoil after, answer.
func (p *Provider) api(offered tasks) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, refusal := p.admit(w, r, offered)
		if refusal != nil {
			p.send(w, c, refusal.fields())
			return
		}
		names := p.numbers(c)
		if c.op == faults.Statement {
			names = []string{p.askedDay(c)}
		}
		c.rule = p.desk.Spoil(c.op, names...)
		ctx, cancel := p.desk.Until(r.Context())
		defer cancel()
		switch status := p.desk.Before(ctx, c.rule); {
		case status == http.StatusTooManyRequests && (c.op == faults.Query || c.op == faults.RefundQuery):
			p.send(w, c, errOften.fields())
			return
		case status != 0:
			http.Error(w, http.StatusText(status), status)
			return
		}
		result, refusal := c.task.work(c)
		if refusal != nil {
			result = refusal.fields()
		}
		if err := p.journal.Flush(); err != nil {
			result = errBroken.fields()
		}
		p.after(ctx, w, c, result)
	}
}

// admit reads and verifies a call. The call is never nil, so that refusals can be sent.
func (p *Provider) admit(w http.ResponseWriter, r *http.Request, offered tasks) (*call, *failure) {
	c := &call{form: fields{}}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || strings.TrimSpace(kind) != "application/x-www-form-urlencoded" {
		return c, format("body")
	}
	form, refusal := readForm(string(body))
	if refusal != nil {
		return c, refusal
	}
	c.form = form
	if c.merchant = p.byMerchant[form["merId"]]; c.merchant == nil {
		return c, errMerchant
	}
	var known bool
	if c.task, known = offered[form.kind()]; !known {
		return c, format("txnType")
	}
	if refusal := p.verify(c); refusal != nil {
		return c, refusal
	}
	c.op = c.task.op
	if c.op == faults.Query && p.isRefund(form) {
		c.op = faults.RefundQuery
	}
	return c, nil
}

// verify checks a call's fields, its signature over what came, and its time.
func (p *Provider) verify(c *call) *failure {
	if refusal := c.form.check(c.task.needed); refusal != nil {
		return refusal
	}
	if c.form["certId"] != c.merchant.ownID || !c.merchant.signedBy(c.form) {
		return errSignature
	}
	at, err := readMoment(c.form["txnTime"])
	// A query names the time of what it asks about, however long ago that was.
	if err != nil || c.task.op != faults.Query && p.deps.Pace.Now().Sub(at).Abs() > tolerance {
		return errWindow
	}
	return nil
}

// numbers are what a fault may name a call by: its own, and that of the payment that it
// gives back.
func (p *Provider) numbers(c *call) []string {
	names := []string{c.form["orderId"]}
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.payments[c.form["origQryId"]]; o != nil {
		return append(names, o.number())
	}
	if named := c.form["origOrderId"]; named != "" {
		names = append(names, named)
	}
	return names
}

func (f *failure) fields() fields { return fields{"respCode": f.Code, "respMsg": f.Message} }

// echoed are the fields of a call that its answer repeats.
var echoed = []string{
	"version", "encoding", "txnType", "txnSubType", "bizType", "accessType", "merId", "orderId", "txnTime",
	"reqReserved",
}

// after answers, unless the rule spoils the answer of what was done.
func (p *Provider) after(ctx context.Context, w http.ResponseWriter, c *call, result fields) {
	switch status := p.desk.After(ctx, c.rule); status {
	case http.StatusFound:
		w.Header().Set("Location", "/unionpay/elsewhere")
		w.WriteHeader(status)
	case http.StatusInternalServerError:
		http.Error(w, http.StatusText(status), status)
	default:
		p.send(w, c, result)
	}
}

// send answers under status 200, signed; whom nobody knows gets no signature.
func (p *Provider) send(w http.ResponseWriter, c *call, result fields) {
	answer := c.form.pick(echoed...).with(result)
	switch c.rule.Mode {
	case faults.SayStatus:
		answer = c.claim(answer)
	case faults.ForeignAccount:
		answer["merId"] = p.another(c.merchant).MerID
	default: // the other modes are about other things
	}
	if c.merchant != nil {
		answer = p.sign(c.merchant, answer, c.rule.Mode)
	} else {
		answer = answer.filled()
	}
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	body := desk.Garble([]byte(answer.line()), c.rule.Mode)
	_, _ = w.Write(body) // the caller may be gone
}

// claim makes an answer tell another code: of what was asked about in a query, of
// the call itself otherwise.
func (c *call) claim(answer fields) fields {
	if c.task.op != faults.Query {
		return answer.with(fields{"respCode": c.rule.Value, "respMsg": say(c.rule.Value)})
	}
	return answer.with(fields{
		"respCode": done, "respMsg": say(done), "origRespCode": c.rule.Value, "origRespMsg": say(c.rule.Value),
	})
}
