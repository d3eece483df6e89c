package wechatpay

import (
	"net/http"
)

// abnormalCall sends money that could not go back where it came from to another
// account, of which the bank details come encrypted.
type abnormalCall struct {
	Number      string `json:"out_refund_no"`
	Type        string `json:"type"`
	BankAccount string `json:"bank_account"`
	RealName    string `json:"real_name"`
}

func (c abnormalCall) check() *failure {
	switch {
	case c.Type != "USER_BANK_CARD" && c.Type != "MERCHANT_BANK_CARD":
		return param("/type", c.Type, "异常退款处理方式不合法")
	case c.Type == "USER_BANK_CARD" && (c.BankAccount == "" || c.RealName == ""):
		return param("/bank_account", nil, "退款至用户银行卡时必须填写银行卡号和姓名")
	}
	return nil
}

// applyAbnormal takes up a refund that went wrong; it then succeeds in the same
// time as any other.
func (p *Provider) applyAbnormal(c *call) answer {
	var wanted abnormalCall
	refusal := read(c.body, &wanted)
	if refusal == nil {
		refusal = wanted.check()
	}
	if refusal != nil {
		return refusal.answer()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.refundIDs[c.request.PathValue("id")]
	switch {
	case r == nil || r.MchID != c.merchant.MchID || r.Call.Number != wanted.Number:
		return errNothing.answer()
	case r.Status != abnormal:
		return invalid("退款单状态不是退款异常").answer()
	}
	r.Status, r.Outcome = processing, success
	p.note(r.entry("refund_retried"), record{Refund: r})
	p.settleLater(r)
	return answer{http.StatusOK, r.view()}
}

type certificateView struct {
	SerialNo  string `json:"serial_no"`
	Effective string `json:"effective_time"`
	Expire    string `json:"expire_time"`
	Sealed    sealed `json:"encrypt_certificate"`
}

// certificates hands out the platform's certificate, encrypted for the merchant.
func (p *Provider) certificates(c *call) answer {
	m := c.merchant
	return answer{http.StatusOK, map[string]any{"data": []certificateView{{
		SerialNo:  m.CertificateSerial,
		Effective: stamp(m.certificate.NotBefore), Expire: stamp(m.certificate.NotAfter),
		Sealed: seal(m.APIv3Key, "certificate", []byte(m.Certificate)),
	}}}}
}
