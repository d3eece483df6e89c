package wechatpay

import (
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

const scheme = "WECHATPAY2-SHA256-RSA2048"

var (
	authField = regexp.MustCompile(`^(mchid|nonce_str|timestamp|serial_no|signature)="([^"]*)"$`)
	nonceForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
)

// authorization splits the header into its five fields, which may come in any order.
func authorization(header string) (map[string]string, *failure) {
	kind, rest, _ := strings.Cut(header, " ")
	if kind != scheme {
		return nil, signError("Authorization", "认证类型不正确")
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimSpace(rest), ",") {
		found := authField.FindStringSubmatch(strings.TrimSpace(part))
		if found == nil || fields[found[1]] != "" {
			return nil, signError("Authorization", "Authorization格式错误")
		}
		fields[found[1]] = found[2]
	}
	for _, name := range []string{"mchid", "nonce_str", "timestamp", "serial_no", "signature"} {
		if fields[name] == "" {
			return nil, signError(name, "Authorization缺少"+name)
		}
	}
	return fields, nil
}

// verify checks a call over the bytes it came with and uses its nonce up. The
// merchant is returned as soon as it is known, so that refusals can be signed.
func (p *Provider) verify(r *http.Request, body []byte) (*merchant, *failure) {
	fields, refusal := authorization(r.Header.Get("Authorization"))
	if refusal != nil {
		return nil, refusal
	}
	m := p.byMerchant[fields["mchid"]]
	if m == nil {
		return nil, signError("mchid", "商户号不存在")
	}
	switch {
	case r.Header.Get("User-Agent") == "" || r.Header.Get("Accept") == "":
		return m, signError("Accept", "Http头缺少Accept或User-Agent")
	case fields["serial_no"] != m.SerialNo:
		return m, signError("serial_no", "证书序列号与商户号不匹配")
	case !nonceForm.MatchString(fields["nonce_str"]):
		return m, signError("nonce_str", "随机串不合法")
	}
	text := r.Method + "\n" + r.RequestURI + "\n" + fields["timestamp"] + "\n" + fields["nonce_str"] + "\n" +
		string(body) + "\n"
	if !m.signedBy(text, fields["signature"]) {
		return m, signError("signature", "签名验证失败")
	}
	return m, p.fresh(m, fields)
}

// fresh refuses what was signed too long ago, or came before.
func (p *Provider) fresh(m *merchant, fields map[string]string) *failure {
	seconds, err := strconv.ParseInt(fields["timestamp"], 10, 64)
	now := p.deps.Pace.Now()
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return signError("timestamp", "时间戳已过期")
	}
	err = p.nonces.Use(m.MchID+" "+fields["nonce_str"], now)
	switch {
	case errors.Is(err, desk.ErrUsed):
		return signError("nonce_str", "随机串重复使用")
	case err != nil:
		return errOften
	}
	return nil
}
