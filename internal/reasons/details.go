package reasons

// details are the words of codes that stand beside a reason: failures, kinds of case, dispositions.
var details = map[string]Words{
	"abnormal":      {"收款账户异常", "the payer's account cannot take it"},
	"no_funds":      {"商户余额不足", "the merchant's balance is empty"},
	"rejected":      {"渠道拒绝", "the provider rejects it"},
	"overdue":       {"超过预期时间", "it is overdue"},
	"lost":          {"渠道查无此退款", "the provider does not know of it"},
	"mismatch":      {"金额或单号不符", "another amount or number"},
	"closed":        {"渠道已关闭", "the provider closed it"},
	"diverted":      {"正转入商户账户", "it is being sent to the merchant's account"},
	"with_merchant": {"已退至商户账户", "it came to the merchant's account"},

	"late":            {"请求结束后到账", "it came after the end"},
	"duplicate":       {"重复付款", "somebody else had paid"},
	"amount_mismatch": {"金额不符", "the amount is not what was quoted"},
	"stale_price":     {"按旧价格支付", "it was quoted before the price rose"},
	"order_gone":      {"订单已失效", "the order cannot be paid any more"},
	"risk_hold":       {"风控拦截", "held for risk"},

	"capture_mismatch":   {"收款与报价不符", "money that does not match"},
	"provider_silent":    {"支付渠道长时间无答复", "the provider has been silent for too long"},
	"refund_failed":      {"退款失败", "refund failed"},
	"unknown_number":     {"单号未知", "unknown number"},
	"link_reported":      {"链接被举报", "a link was reported"},
	"shipment_hold":      {"暂停发货", "the goods wait"},
	"not_on_statement":   {"账单中没有", "not on the statement"},
	"statement_mismatch": {"账单不一致", "the statement differs"},
	"statement_overdue":  {"账单未到", "the statement is overdue"},
	"surface_blocked":    {"链接在应用内被拦截", "an app blocks our links"},

	"poison":          {"多次处理失败", "it failed too often"},
	"foreign_account": {"来自其他账户", "it came through another account"},

	"endpoint_disabled": {"接收地址已停用", "its endpoint is disabled"},
	"no_answer":         {"没有及时答复", "no answer in time"},
	"unreachable":       {"无法连接", "it cannot be reached"},
	"gone":              {"接收地址表示已不存在", "it said that it is gone"},
	"failing":           {"连续五天没有送达", "nothing got through for five days"},

	"engine_unavailable": {"流程引擎不可用", "the engine does not answer"},
	"still_working":      {"仍在处理", "it is still being worked on"},

	"check_lapsed":   {"规则检查", "the check of the rules"},
	"request_lapsed": {"请求到期", "the end of the request"},
	"slot_lapsed":    {"付款名额到期", "the end of the payer's turn"},
	"poll_due":       {"查询支付", "asking about the payment"},
	"pause_lapsed":   {"暂停结束", "the end of the pause"},
	"guard_lapsed":   {"守候期结束", "the end of the guard"},
	"silence_lapsed": {"渠道无答复", "the provider's silence"},
	"applying":       {"订单入账", "the order taking the money"},
}
