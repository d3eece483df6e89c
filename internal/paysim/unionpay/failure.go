package unionpay

import "net/http"

// failure is an answer that refuses. On the wire it is a respCode and a respMsg
// under status 200; to people and programs that stand for them it is JSON.
type failure struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
}

// refuse is a refusal on the wire; number is the seven digits that end each message.
func refuse(code, message, number string) *failure {
	return &failure{http.StatusOK, code, message + "[" + number + "]"}
}

func format(field string) *failure { return refuse("10", "报文格式错误："+field, "6100030") }

func missing(field string) *failure {
	return refuse("13", "报文交易要素缺失："+field, "6100034")
}

var (
	errSignature = refuse("11", "验证签名失败", "9100004")
	errRepeated  = refuse("12", "重复交易", "2040004")
	errMerchant  = refuse("31", "商户状态不正确", "1531001")
	errUnknown   = refuse("34", "查无此交易", "2600000")
	errOriginal  = refuse("35", "原交易不存在或状态不正确", "2050004")
	errDiffers   = refuse("36", "与原交易信息不符", "2040012")
	errOften     = refuse("37", "已超过最大查询次数或操作过于频繁", "6100037")
	errWindow    = refuse("39", "交易不在受理时间范围内", "6100039")
	errReturned  = refuse("45", "原交易已被成功退货或已被成功撤销", "2040008")
	errFunds     = refuse("64", "商户可用余额不足", "2060064")
	errNoFile    = refuse("98", "文件不存在", "7700001")
	errFull      = refuse("02", "the journal is full: reset it", "0000002")
	errBroken    = refuse("02", "the journal is broken", "0000002")
)

// person is a refusal that a payer meets. No document names codes for these:
// people read the words, programs that stand for people read the codes.
func person(status int, code, message string) *failure { return &failure{status, code, message} }

var (
	errNumber  = person(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在")
	errCode    = person(http.StatusNotFound, "CODE_INVALID", "链接或二维码无效")
	errPaid    = person(http.StatusConflict, "ORDER_PAID", "该订单已支付")
	errOver    = person(http.StatusConflict, "ORDER_EXPIRED", "订单已超过支付期限")
	errPayFull = person(http.StatusServiceUnavailable, "JOURNAL_FULL", "the journal is full: reset it")
	errPayDown = person(http.StatusInternalServerError, "SYSTEM_ERROR", "系统异常，请稍后重试")
	errPayBusy = person(http.StatusTooManyRequests, "FREQUENCY_LIMITED", "系统繁忙，请稍后重试")
)

func param(message string) *failure { return person(http.StatusBadRequest, "PARAM_ERROR", message) }

// trouble is what the faults make of a person's call.
var trouble = map[int]*failure{
	http.StatusInternalServerError: errPayDown,
	http.StatusTooManyRequests:     errPayBusy,
}

// words are the messages of what became of a transaction.
var words = map[string]string{
	"00": "成功[0000000]", "05": "交易已受理，请稍后查询交易结果[0000005]", "42": "扣款成功但交易超过规定支付时间[2020042]",
	"60": "交易失败，详情请咨询您的发卡行[2060060]", "64": "持卡人余额不足[2060064]", "34": "查无此交易[2600000]",
}

// say is a code with its message.
func say(code string) string {
	if text := words[code]; text != "" {
		return text
	}
	return "交易失败[20400" + code + "]"
}
