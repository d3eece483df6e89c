package alipay

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// refusal is the cause of an error whose code was signed.
type refusal struct{ code string }

func (r refusal) Error() string { return r.code }

// Is lets the engine know an empty balance in its own word.
func (r refusal) Is(target error) bool {
	return r.code == emptyBalance && target == providers.ErrNoFunds
}

// The codes that are acted on.
const (
	tradeUnknown = "ACQ.TRADE_NOT_EXIST"
	tradePaid    = "ACQ.TRADE_HAS_SUCCESS"
	emptyBalance = "ACQ.SELLER_BALANCE_NOT_ENOUGH"
	codeSpent    = "isv.code-invalid"
	noBill       = "isp.bill_not_exist"
)

// wrongState are what closing says of an order that is paid or closed already.
var wrongState = []string{
	"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS",
}

// limited are the codes of a gateway that is there and will do it later.
var limited = []string{"isv.app-call-limited", "isv.call-limited", "aop.app-call-limited", "isp.call-limited"}

// mendable are what a refund is refused with while a person can put it right: the
// balance, a frozen trade, a key, a right of the account. Nothing was done and the
// number is not used up, so the money goes back under it later. The time is between
// two tries.
var mendable = map[string]time.Duration{
	emptyBalance:                    10 * time.Minute,
	"ACQ.REASON_TRADE_BEEN_FREEZEN": 10 * time.Minute,
	"ACQ.REFUND_ACCOUNT_NOT_EXIST":  10 * time.Minute,
	"ACQ.REFUND_CHARGE_ERROR":       10 * time.Minute,
	"ACQ.ACCESS_FORBIDDEN":          time.Minute,
	"isv.invalid-signature":         time.Minute,
	"isv.invalid-app-id":            time.Minute,
	"isv.invalid-timestamp":         time.Minute,
}

var codeForm = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// refused is an answer that Alipay signed and that is no success.
func refused(op string, said head) error {
	code := cmp.Or(said.SubCode, said.Code)
	if !codeForm.MatchString(code) {
		return odd(op, "a refusal without a code")
	}
	failed := &providers.Error{Op: op, Code: code, Message: "refused", Err: refusal{code}}
	failed.Class = classOf(op, said)
	if op == "refund" && failed.Class == providers.Definite {
		wait := mendable[said.SubCode]
		if said.Code == "40006" || said.Code == "20001" { // a right or a token is missing
			wait = time.Minute
		}
		if wait > 0 {
			failed.Class, failed.RetryAfter = providers.Refused, wait
		}
	}
	return failed
}

// classOf takes for certain only what is known to be: a word of Alipay's checks, or
// of the business behind them, about what we asked.
func classOf(op string, said head) providers.Class {
	business := strings.HasPrefix(said.SubCode, "ACQ.") || strings.HasPrefix(said.SubCode, "isv.")
	switch {
	case said.Code == "40005" || slices.Contains(limited, said.SubCode):
		return providers.Refused
	case said.Code == "20000", strings.Contains(said.SubCode, "SYSTEM_ERROR"),
		strings.Contains(said.SubCode, "unknow-error"):
		return providers.Ambiguous
	case op == "create" && said.SubCode == tradePaid: // there is an order, with money in it
		return providers.Ambiguous
	case slices.Contains([]string{"20001", "40001", "40002", "40003", "40006"}, said.Code),
		said.Code == "40004" && business:
		return providers.Definite
	default:
		return providers.Ambiguous
	}
}

// told says whether Alipay refused, verifiably, with one of these codes.
func told(err error, codes ...string) bool {
	var said refusal
	return errors.As(err, &said) && slices.ContainsFunc(codes, func(code string) bool {
		return strings.EqualFold(code, said.code)
	})
}
