package wechatpay

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// failure is an answer that refuses, with WeChat Pay's own code.
type failure struct {
	status  int
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Detail  *detail `json:"detail,omitempty"`
}

// detail says which part of a call is wrong.
type detail struct {
	Field    string `json:"field"`
	Value    any    `json:"value,omitempty"`
	Issue    string `json:"issue"`
	Location string `json:"location"`
}

func fail(status int, code, message string) *failure {
	return &failure{status: status, Code: code, Message: message}
}

// param refuses one member of a body, named as a JSON pointer.
func param(field string, value any, issue string) *failure {
	f := fail(http.StatusBadRequest, "PARAM_ERROR", "参数错误："+issue)
	f.Detail = &detail{Field: field, Value: value, Issue: issue, Location: "body"}
	return f
}

// badQuery refuses a member of the query string.
func badQuery(field, value, issue string) *failure {
	f := param(field, value, issue)
	f.Detail.Location = "query"
	return f
}

// signError refuses a call whose signature, or a part of it, is wrong.
func signError(field, issue string) *failure {
	f := fail(http.StatusUnauthorized, "SIGN_ERROR", "签名错误："+issue)
	f.Detail = &detail{Field: field, Issue: issue, Location: "authorization"}
	return f
}

func invalid(message string) *failure {
	return fail(http.StatusBadRequest, "INVALID_REQUEST", message)
}

var (
	errUnknown = fail(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在")
	errPaid    = fail(http.StatusBadRequest, "ORDERPAID", "该订单已支付")
	errClosed  = fail(http.StatusBadRequest, "ORDER_CLOSED", "该订单已关闭")
	errUsed    = fail(http.StatusForbidden, "OUT_TRADE_NO_USED", "商户订单号重复")
	errChanged = invalid("请求重入时，参数与首次请求时不一致")
	errNothing = fail(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "查询的资源不存在")
	errBusy    = fail(http.StatusInternalServerError, "SYSTEM_ERROR", "系统异常，请稍后重试")
	errOften   = fail(http.StatusTooManyRequests, "FREQUENCY_LIMITED", "频率超限，请降低请求接口频率")
	errFull    = fail(http.StatusServiceUnavailable, "JOURNAL_FULL", "the journal is full: reset it")
	errBroken  = fail(http.StatusInternalServerError, "SYSTEM_ERROR", "the journal is broken")
)

// trouble is what the faults make of a call.
var trouble = map[int]*failure{
	http.StatusInternalServerError: errBusy,
	http.StatusTooManyRequests:     errOften,
}

// read decodes a body. As the real one does, it ignores members it does not know.
func read(body []byte, into any) *failure {
	err := json.Unmarshal(body, into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return param("/"+strings.ReplaceAll(kind.Field, ".", "/"), kind.Value, "类型不符")
	case err != nil:
		return param("", nil, "请求体不是合法的JSON")
	}
	return nil
}
