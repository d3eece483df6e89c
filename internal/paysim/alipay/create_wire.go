package alipay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The limits of the protocol.
const (
	maxAmount  = 10_000_000_000 // fen: a hundred million yuan
	maxSubject = 256
	maxURL     = 256
)

var (
	numberForm  = regexp.MustCompile(`^[0-9A-Za-z_]{1,64}$`)
	openidForm  = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)
	amountForm  = regexp.MustCompile(`^\d{1,9}(\.\d{1,2})?$`)
	timeoutForm = regexp.MustCompile(`^(\d{1,5})([mhd])$`)
)

// productCodes are what each product may be called; one of them may go without a name.
var productCodes = map[string][]string{
	wap: {"QUICK_WAP_WAY"}, page: {"FAST_INSTANT_TRADE_PAY"}, jsapi: {"JSAPI_PAY"},
	qr: {"FACE_TO_FACE_PAYMENT", "QR_CODE_OFFLINE", ""},
}

// money is fen, written as yuan in text or as a number.
type money int64

// UnmarshalJSON reads yuan with at most two decimals.
func (m *money) UnmarshalJSON(text []byte) error {
	written := strings.Trim(string(text), `"`)
	if !amountForm.MatchString(written) {
		return errors.New("an amount is yuan with up to two decimals")
	}
	whole, part, _ := strings.Cut(written, ".")
	fen, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	*m = money(fen)
	return err
}

// MarshalJSON writes yuan as Alipay does.
func (m money) MarshalJSON() ([]byte, error) { return []byte(`"` + yuan(int64(m)) + `"`), nil }

// yuan writes fen: -5 is -0.05.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

type createCall struct {
	Number      string `json:"out_trade_no"`
	Total       money  `json:"total_amount"`
	Subject     string `json:"subject"`
	Body        string `json:"body,omitempty"`
	ProductCode string `json:"product_code,omitempty"`
	TimeExpire  string `json:"time_expire,omitempty"`
	Timeout     string `json:"timeout_express,omitempty"`
	QuitURL     string `json:"quit_url,omitempty"`
	Passback    string `json:"passback_params,omitempty"`
	BuyerOpenID string `json:"buyer_open_id,omitempty"`
	BuyerID     string `json:"buyer_id,omitempty"`
	SellerID    string `json:"seller_id,omitempty"`
	// EnableChannels are the only places the money may come from, with commas; "": any.
	EnableChannels string `json:"enable_pay_channels,omitempty"`
}

// check refuses what the real one would refuse.
func (c createCall) check(product string, now time.Time) *failure {
	subject := utf8.RuneCountInString(c.Subject)
	expiry, err := time.ParseInLocation(time.DateTime, c.TimeExpire, shanghai)
	switch {
	case !numberForm.MatchString(c.Number):
		return param("out_trade_no为1至64个字母、数字、下划线")
	case c.Total < 1:
		return param("total_amount最小为0.01")
	case c.Total > maxAmount:
		return business("TOTAL_FEE_EXCEED", "订单总金额超过限额")
	case subject == 0 || subject > maxSubject || strings.ContainsAny(c.Subject, "/=&"):
		return param("subject为1至256个字符，不能含/=&")
	case c.TimeExpire != "" && err != nil:
		return param("time_expire格式为yyyy-MM-dd HH:mm:ss")
	case c.TimeExpire != "" && !now.Before(expiry) && product != wap && product != page:
		return param("time_expire早于当前时间")
	case c.Timeout != "" && c.Timeout != "1c" && !timeoutForm.MatchString(c.Timeout):
		return param("timeout_express取值1m～15d或1c")
	case c.QuitURL != "" && !desk.WebAddress(c.QuitURL, 400):
		return param("quit_url不合法")
	}
	return c.checkProduct(product)
}

// checkProduct asks for what only one of the products needs.
func (c createCall) checkProduct(product string) *failure {
	_, known := c.enabled()
	switch {
	case !known:
		return param("enable_pay_channels含未知渠道")
	case !slices.Contains(productCodes[product], c.ProductCode):
		return param("product_code与接口不符")
	case product == jsapi && (c.BuyerOpenID == "") == (c.BuyerID == ""):
		return param("buyer_open_id和buyer_id必须且只能填写一个")
	case product == jsapi && !openidForm.MatchString(c.BuyerOpenID+c.BuyerID):
		return param("买家标识不合法")
	}
	return nil
}

// deadline is the last moment to pay: as asked, or so long after a trade began.
// Zero is for a length of time that has not begun.
func (c createCall) deadline(began time.Time) time.Time {
	if at, err := time.ParseInLocation(time.DateTime, c.TimeExpire, shanghai); err == nil {
		return at.UTC()
	}
	if began.IsZero() {
		return time.Time{}
	}
	if c.Timeout == "1c" { // the end of the day
		year, month, day := began.In(shanghai).Date()
		return time.Date(year, month, day+1, 0, 0, 0, 0, shanghai).UTC()
	}
	found := timeoutForm.FindStringSubmatch(c.Timeout)
	if found == nil {
		return began.Add(defaultLife)
	}
	n, _ := strconv.Atoi(found[1]) // the form holds digits
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[found[2]]
	return began.Add(min(time.Duration(n)*unit, defaultLife))
}

// canonical is biz_content without what does not change its meaning, so that a
// repeated call can be compared with the first one.
func canonical(text string) string {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var members map[string]any
	if decoder.Decode(&members) != nil {
		return text // it was read before
	}
	return string(desk.Encode(members))
}
