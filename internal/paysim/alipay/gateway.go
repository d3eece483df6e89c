package alipay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// maxBody is the most a call may carry, in bytes.
const maxBody = 64 << 10

// body is the members of an answer.
type body map[string]any

// call is a verified call of a merchant. Rule is what shall go wrong with it.
type call struct {
	merchant *merchant // nil: not known who calls
	method   string
	op       faults.Op
	form     url.Values
	request  *http.Request
	rule     faults.Rule
}

// work is one of the gateway's methods: what it is to the faults, and what it does.
type work struct {
	op faults.Op
	do func(*call) (body, *failure)
}

// methods are those that a program calls; pages are those that browsers are sent to.
func (p *Provider) methods() map[string]work {
	return map[string]work{
		"alipay.trade.precreate":                         {faults.Create, p.precreate},
		"alipay.trade.create":                            {faults.Create, p.create},
		"alipay.trade.query":                             {faults.Query, p.query},
		"alipay.trade.close":                             {faults.Close, p.close},
		"alipay.trade.cancel":                            {faults.Close, p.cancel},
		"alipay.trade.refund":                            {faults.Refund, p.refund},
		"alipay.trade.fastpay.refund.query":              {faults.RefundQuery, p.queryRefund},
		"alipay.data.dataservice.bill.downloadurl.query": {faults.Statement, p.billURL},
		"alipay.system.oauth.token":                      {faults.Login, p.oauthToken},
	}
}

var pages = map[string]string{"alipay.trade.wap.pay": wap, "alipay.trade.page.pay": page}

// gateway is the one door: admit, spoil before, work, make durable, spoil after, answer.
func (p *Provider) gateway(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	err := r.ParseForm()
	c := &call{form: r.Form, method: r.Form.Get("method"), request: r}
	if product := pages[c.method]; product != "" && err == nil {
		p.openLink(w, c, product) //nolint:contextcheck // it is in the request
		return
	}
	method := p.works[c.method]
	c.op = method.op
	refusal := invalid("encoding", "请求体过大或不完整")
	if err == nil {
		refusal = p.verify(c, tolerance)
	}
	if refusal == nil && method.do == nil {
		refusal = errMethod
	}
	if refusal != nil {
		p.send(w, c, refusal.body())
		return
	}
	p.carryOut(w, c, method.do) //nolint:contextcheck // it is in the request
}

func (p *Provider) carryOut(w http.ResponseWriter, c *call, do func(*call) (body, *failure)) {
	c.rule = p.deps.Faults.TakeBut(faults.UnsignedErrors, Name, c.op, c.numbers()...)
	p.desk.Tell(c.rule, c.numbers()...)
	ctx, cancel := p.desk.Until(c.request.Context())
	defer cancel()
	if refusal := trouble[p.desk.Before(ctx, c.rule)]; refusal != nil {
		p.send(w, c, refusal.body())
		return
	}
	result, refusal := do(c)
	if err := p.journal.Flush(); err != nil {
		refusal = errBroken
	}
	status := p.desk.After(ctx, c.rule)
	switch {
	case status == http.StatusFound:
		w.Header().Set("Location", "/alipay/elsewhere")
		w.WriteHeader(status)
		return
	case c.rule.Mode == faults.BadGateway:
		http.Error(w, "<html><h1>502 Bad Gateway</h1></html>", http.StatusBadGateway)
		return
	case status != 0:
		refusal = errUnavailable
	case c.rule.Mode == faults.SystemError:
		refusal = errSystem
	}
	if refusal != nil {
		result = refusal.body()
	}
	p.send(w, c, result)
}

// numbers is what a fault rule may name.
func (c *call) numbers() []string {
	var named struct {
		Order  string `json:"out_trade_no"`
		Refund string `json:"out_request_no"`
		Day    string `json:"bill_date"`
	}
	// What is no JSON names nothing; the work itself will refuse it.
	_ = json.Unmarshal([]byte(c.form.Get("biz_content")), &named)
	if named.Refund != "" {
		return []string{named.Refund, named.Order}
	}
	return []string{named.Order + named.Day}
}

// read decodes biz_content. As the real one does, it ignores members it does not know.
func (c *call) read(into any) *failure {
	text := c.form.Get("biz_content")
	if text == "" {
		return missing("biz-content")
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return param("biz_content不是合法的JSON，或类型不符")
	}
	return nil
}

// send answers with status 200 whatever happened, signed over the very bytes of
// the node wherever the caller is known.
func (p *Provider) send(w http.ResponseWriter, c *call, result body) {
	node := c.node(result)
	text := []byte(`{"` + c.nodeName(result) + `":` + string(node))
	if c.merchant != nil && !p.bare(c, result) {
		key, serial := c.merchant.own, c.merchant.certSN
		if c.rule.Mode == faults.ForeignAccount {
			key, serial = stranger().own, stranger().certSN
		}
		if c.rule.Mode == faults.BadSignature {
			node = append(node, '?')
		}
		if c.merchant.CertMode {
			if c.rule.Mode == faults.WrongSerial {
				serial = unknownSerial
			}
			text = append(text, `,"alipay_cert_sn":"`+serial+`"`...)
		}
		text = append(text, `,"sign":"`+signature(key, node)+`"`...)
	}
	text = append(text, '}')
	if c.rule.Mode == faults.HugeBody {
		text = desk.Garble(text, c.rule.Mode)
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // JSON that Alipay calls HTML; the caller may be gone
}

// unknownSerial is of no certificate that anybody has.
const unknownSerial = "00000000000000000000000000000000"

// nodeName is where an answer stands: under the method's name, or among the errors
// where no such method is known, and where the login's API refuses.
func (c *call) nodeName(result body) string {
	refused := result["sub_code"] != nil
	if c.op == "" || c.op == faults.Login && refused {
		return "error_response"
	}
	return strings.ReplaceAll(c.method, ".", "_") + "_response"
}

// bare says whether an answer goes out without a signature, as error_response does.
func (p *Provider) bare(c *call, result body) bool {
	if c.nodeName(result) == "error_response" {
		return true
	}
	if result["sub_code"] == nil {
		return c.rule.Mode == faults.Unsigned || c.rule.Mode == faults.NullAnswer
	}
	rule := p.deps.Faults.TakeMode(faults.UnsignedErrors, Name, c.op, c.numbers()...)
	p.desk.Tell(rule, c.numbers()...)
	return rule.ID != ""
}

// node is the part of an answer that is signed. Slashes are escaped, as Alipay does.
func (c *call) node(result body) []byte {
	if c.rule.Mode == faults.NullAnswer {
		return []byte("null")
	}
	if c.rule.Mode == faults.SayStatus && result["sub_code"] == nil {
		word := map[faults.Op]string{
			faults.Query: "trade_status", faults.Refund: "fund_change", faults.RefundQuery: "refund_status",
		}[c.op]
		result[word] = c.rule.Value
	}
	text := bytes.ReplaceAll(desk.Encode(result), []byte("/"), []byte(`\/`))
	if c.rule.Mode == faults.BadJSON {
		return desk.Garble(text, c.rule.Mode)
	}
	return text
}

// clock is a moment as Alipay writes it.
func clock(at time.Time) string { return at.In(shanghai).Format(time.DateTime) }
