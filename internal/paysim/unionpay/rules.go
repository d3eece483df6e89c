package unionpay

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The limits of the protocol, in bytes.
const (
	maxAddress  = 256
	maxReserved = 1024
	maxRisk     = 2048
)

// forms is how each field must look.
var forms = map[string]*regexp.Regexp{
	"version":      regexp.MustCompile(`^5\.1\.0$`),
	"encoding":     regexp.MustCompile(`^UTF-8$`),
	"signMethod":   regexp.MustCompile(`^01$`),
	"certId":       regexp.MustCompile(`^\d{1,128}$`),
	"txnType":      regexp.MustCompile(`^\d\d$`),
	"txnSubType":   regexp.MustCompile(`^\d\d$`),
	"bizType":      regexp.MustCompile(`^\d{6}$`),
	"channelType":  regexp.MustCompile(`^0[78]$`),
	"accessType":   regexp.MustCompile(`^0$`),
	"merId":        merIDForm,
	"orderId":      regexp.MustCompile(`^[0-9A-Za-z]{8,40}$`),
	"origOrderId":  regexp.MustCompile(`^[0-9A-Za-z]{8,40}$`),
	"txnAmt":       regexp.MustCompile(`^[1-9]\d{0,11}$`),
	"currencyCode": regexp.MustCompile(`^156$`),
	"origQryId":    regexp.MustCompile(`^\d{21}$`),
	"fileType":     regexp.MustCompile(`^00$`),
	"settleDate":   regexp.MustCompile(`^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`),
	"orderDesc":    regexp.MustCompile(`^[^\r\n]{0,32}$`),
}

// moments are the fields that hold a time in Beijing, to the second.
var moments = []string{"txnTime", "origTxnTime", "payTimeout"}

// addresses are the fields that a message or a browser is sent to.
var addresses = []string{"backUrl", "frontUrl", "frontFailUrl"}

// What every call must say, and what each kind of call must say beyond it.
var (
	common = []string{
		"version", "encoding", "certId", "signMethod", "signature", "txnType", "txnSubType", "bizType",
		"accessType", "merId", "txnTime",
	}
	forOrders = []string{"orderId"}
	forMoney  = []string{"orderId", "channelType", "txnAmt", "currencyCode", "backUrl"}
	forFront  = append(slices.Clone(forMoney), "frontUrl")
	forRefund = []string{"orderId", "channelType", "txnAmt", "backUrl"}
	forFile   = []string{"settleDate", "fileType"}
)

// check refuses fields that are missing (13) or ill-formed (10).
func (f fields) check(needed []string) *failure {
	for _, name := range slices.Concat(common, needed) {
		if f[name] == "" {
			return missing(name)
		}
	}
	for name, form := range forms {
		if value := f[name]; value != "" && !form.MatchString(value) {
			return format(name)
		}
	}
	for _, name := range moments {
		if _, err := readMoment(f[name]); f[name] != "" && err != nil {
			return format(name)
		}
	}
	for _, name := range addresses {
		if f[name] != "" && !address(f[name]) {
			return format(name)
		}
	}
	risk := f["riskRateInfo"]
	braced := strings.HasPrefix(risk, "{") && strings.HasSuffix(risk, "}")
	switch {
	case len(f["reqReserved"]) > maxReserved:
		return format("reqReserved")
	case risk != "" && (!braced || len(risk) > maxRisk):
		return format("riskRateInfo")
	}
	return nil
}

// wireTime is how UnionPay writes a moment.
const wireTime = "20060102150405"

func readMoment(text string) (time.Time, error) {
	return time.ParseInLocation(wireTime, text, desk.Shanghai)
}

func writeMoment(at time.Time) string { return at.In(desk.Shanghai).Format(wireTime) }

// address says whether messages may go there. On this machine plain http will do,
// or nothing could be tried without a certificate.
func address(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || !desk.WebAddress(raw, maxAddress) {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
