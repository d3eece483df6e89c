package alipay

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// tolerance is how far a call's timestamp may be from the simulator's clock; it is
// not scaled, since the merchant's clock is not faster in a demo. Links that a
// browser follows may be as old as they like: time_expire ends them.
const tolerance = 15 * time.Minute

// required are the parameters without which nothing is looked at.
var required = []struct{ name, word string }{
	{"method", "method"}, {"app_id", "app-id"}, {"sign_type", "signature-type"}, {"sign", "signature"},
	{"timestamp", "timestamp"}, {"version", "version"},
}

// verify checks a call over its decoded values. The merchant is known as soon as
// the app is, so that refusals are signed.
func (p *Provider) verify(c *call, old time.Duration) *failure {
	for _, parameter := range required {
		if c.form.Get(parameter.name) == "" {
			return missing(parameter.word)
		}
	}
	m := p.byApp[c.form.Get("app_id")]
	c.merchant = m
	switch {
	case m == nil:
		return invalid("app-id", "无效的AppID参数")
	case c.form.Get("sign_type") != "RSA2":
		return invalid("signature-type", "无效的签名类型")
	case twice(c.form):
		return errSignature
	}
	if !m.signedBy(signedText(c.form, "sign"), c.form.Get("sign")) {
		return errSignature
	}
	return p.wellFormed(c, old)
}

// twice says whether a parameter came with two values, as in the address and in the
// body: nobody could tell which one was signed. The same value twice is common.
func twice(form url.Values) bool {
	for _, values := range form {
		if len(slices.Compact(slices.Clone(values))) > 1 {
			return true
		}
	}
	return false
}

// wellFormed checks the rest of what every call carries; old of 0 is any age.
func (p *Provider) wellFormed(c *call, old time.Duration) *failure {
	at, err := time.ParseInLocation(time.DateTime, c.form.Get("timestamp"), shanghai)
	age := p.deps.Pace.Now().Sub(at)
	m := c.merchant
	appSN, rootSN := c.form.Get("app_cert_sn"), c.form.Get("alipay_root_cert_sn")
	switch {
	case err != nil || age < -tolerance || old > 0 && age > old:
		return invalid("timestamp", "非法的时间戳参数")
	case c.form.Get("version") != "1.0":
		return invalid("version", "无效的版本")
	case c.form.Get("format") != "" && !strings.EqualFold(c.form.Get("format"), "JSON"):
		return invalid("format", "无效的数据格式")
	case !strings.EqualFold(c.form.Get("charset"), "utf-8"):
		return invalid("charset", "字符集只支持utf-8")
	case m.CertMode && (appSN != m.appCertSN || rootSN != m.rootCertSN):
		return invalid("app-cert-sn", "应用公钥证书或支付宝根证书序列号不匹配")
	case !m.CertMode && appSN+rootSN != "":
		return invalid("app-cert-sn", "应用未使用公钥证书模式")
	}
	return nil
}
