package wechatpay

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The limits of the protocol.
const (
	maxAmount      = 100_000_000 // fen: one million yuan
	maxDescription = 127
	maxAttach      = 128
	maxURL         = 255
)

var (
	numberForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*]{6,32}$`)
	openidForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)
	momentForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$`)
	h5Types    = []string{"iOS", "Android", "Wap"}
)

type createCall struct {
	AppID       string `json:"appid"`
	MchID       string `json:"mchid"`
	Description string `json:"description"`
	Number      string `json:"out_trade_no"`
	TimeExpire  string `json:"time_expire,omitempty"`
	Attach      string `json:"attach,omitempty"`
	NotifyURL   string `json:"notify_url"`
	Amount      struct {
		Total    int64  `json:"total"`
		Currency string `json:"currency,omitempty"`
	} `json:"amount"`
	Payer *struct {
		OpenID string `json:"openid"`
	} `json:"payer,omitempty"`
	Scene *scene `json:"scene_info,omitempty"`
}

type scene struct {
	ClientIP string `json:"payer_client_ip"`
	H5       *struct {
		Type string `json:"type"`
	} `json:"h5_info,omitempty"`
}

// check refuses what the real one would refuse, in the order of its document.
func (c createCall) check(product string) *failure {
	length := utf8.RuneCountInString(c.Description)
	switch {
	case c.AppID == "":
		return param("/appid", nil, "缺少appid")
	case length == 0 || length > maxDescription || !utf8.ValidString(c.Description):
		return param("/description", length, "商品描述为1至127个字符")
	case !numberForm.MatchString(c.Number):
		return param("/out_trade_no", c.Number, "商户订单号为6至32个字符")
	case c.TimeExpire != "" && !moment(c.TimeExpire):
		return param("/time_expire", c.TimeExpire, "格式为yyyy-MM-DDTHH:mm:ss+08:00")
	case utf8.RuneCountInString(c.Attach) > maxAttach:
		return param("/attach", nil, "附加数据最多128个字符")
	case !notifyAddress(c.NotifyURL):
		return param("/notify_url", nil, "通知地址必须为https，不能携带参数，最多255个字符")
	case c.Amount.Total < 1 || c.Amount.Total > maxAmount:
		return param("/amount/total", c.Amount.Total, "金额不在允许范围内")
	case c.Amount.Currency != "" && c.Amount.Currency != "CNY":
		return param("/amount/currency", c.Amount.Currency, "货币类型只支持CNY")
	}
	return c.checkProduct(product)
}

// checkProduct asks for what only one of the three products needs.
func (c createCall) checkProduct(product string) *failure {
	if c.Scene != nil {
		if _, err := netip.ParseAddr(c.Scene.ClientIP); err != nil {
			return param("/scene_info/payer_client_ip", c.Scene.ClientIP, "用户终端IP不合法")
		}
	}
	switch {
	case product == jsapi && (c.Payer == nil || !openidForm.MatchString(c.Payer.OpenID)):
		return param("/payer/openid", nil, "缺少openid或openid不合法")
	case product == jsapi && isSnapshot(c.Payer.OpenID):
		return invalid("无效的openid")
	case product == h5 && c.Scene == nil:
		return param("/scene_info", nil, "缺少场景信息")
	case product == h5 && (c.Scene.H5 == nil || !slices.Contains(h5Types, c.Scene.H5.Type)):
		return param("/scene_info/h5_info/type", nil, "场景类型为iOS、Android或Wap")
	}
	return nil
}

// moment says whether a time is written as it must be: to the second, in Beijing's zone.
func moment(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil && momentForm.MatchString(text)
}

// notifyAddress says whether callbacks may go there. On this machine plain http
// will do, or nothing could be tried without a certificate.
func notifyAddress(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || !desk.WebAddress(raw, maxURL) || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return u.Scheme == "https" || loopback
}

// canonical is a body without what does not change its meaning, so that a repeated
// call can be compared with the first one.
func canonical(body []byte) (string, *failure) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil {
		return "", param("", nil, "请求体不是合法的JSON")
	}
	return string(desk.Encode(members)), nil
}
