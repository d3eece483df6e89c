package alipay

import "net/http"

// failure is an answer that refuses, with Alipay's own codes: an outer one of the
// gateway, and an inner one of what was asked for.
type failure struct {
	code    string
	message string
	sub     string
	words   string
}

// The outer codes.
const (
	codeOK          = "10000"
	codeUnavailable = "20000"
	codeMissing     = "40001"
	codeInvalid     = "40002"
	codeBusiness    = "40004"
	codeLimited     = "40005"
)

var outerWords = map[string]string{
	codeOK: "Success", codeUnavailable: "Service Currently Unavailable", codeBusiness: "Business Failed",
	codeMissing: "Missing Required Arguments", codeInvalid: "Invalid Arguments", codeLimited: "Call Limited",
}

func fail(code, sub, words string) *failure {
	return &failure{code: code, message: outerWords[code], sub: sub, words: words}
}

func missing(name string) *failure {
	return fail(codeMissing, "isv.missing-"+name, "缺少"+name+"参数")
}

func invalid(name, words string) *failure {
	return fail(codeInvalid, "isv.invalid-"+name, words)
}

func business(sub, words string) *failure { return fail(codeBusiness, "ACQ."+sub, words) }

// param refuses a member of biz_content.
func param(words string) *failure { return business("INVALID_PARAMETER", "参数无效："+words) }

var (
	errUnknown      = business("TRADE_NOT_EXIST", "交易不存在")
	errPaid         = business("TRADE_HAS_SUCCESS", "交易已被支付")
	errClosed       = business("TRADE_HAS_CLOSE", "交易已经关闭")
	errFinished     = business("TRADE_HAS_FINISHED", "交易已完结")
	errChanged      = business("CONTEXT_INCONSISTENT", "交易信息被篡改")
	errOver         = business("TRADE_EXPIRED", "订单已超过支付期限")
	errState        = business("TRADE_STATUS_ERROR", "交易状态不合法")
	errNotEnough    = business("SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
	errDiscordant   = business("DISCORDANT_REPEAT_REQUEST", "退款请求号重复，但金额与上次请求不一致")
	errSystem       = business("SYSTEM_ERROR", "系统错误")
	errBillMissing  = fail(codeBusiness, "isp.bill_not_exist", "账单不存在")
	errUnavailable  = fail(codeUnavailable, "isp.unknow-error", "系统繁忙")
	errOften        = fail(codeLimited, "isv.app-call-limited", "应用调用次数超限，包含调用频率超限")
	errFull         = fail(codeUnavailable, "isp.journal-full", "the journal is full: reset it")
	errBroken       = fail(codeUnavailable, "isp.journal-broken", "the journal is broken")
	errMethod       = invalid("method", "不存在的方法名")
	errSignature    = invalid("signature", "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配")
	errCode         = fail(codeInvalid, "isv.code-invalid", "授权码无效")
	errRefreshToken = fail(codeInvalid, "isv.refresh-token-invalid", "刷新令牌无效")
)

// trouble is what the faults make of a call.
var trouble = map[int]*failure{
	http.StatusInternalServerError: errUnavailable,
	http.StatusTooManyRequests:     errOften,
}

// body is the failure as an answer tells it.
func (f *failure) body() body {
	return body{"code": f.code, "msg": f.message, "sub_code": f.sub, "sub_msg": f.words}
}
