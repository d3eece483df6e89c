package reasons

var askNow = Words{"立即向支付渠道查询。", "Ask the provider now."}

var payments = []About{
	{PaymentUnmade, Act, Words{"支付单未建成", "Payment not made"},
		Words{"支付渠道还没有建成这笔支付单。", "The payment is still being made at the provider."},
		"requery", askNow},
	{PaymentUnknown, Act, Words{"支付状态不明", "Payment unknown"},
		Words{"支付渠道没有说明这笔支付的状态。", "The provider does not say how the payment stands."},
		"requery", askNow},
	{PaymentClosing, Act, Words{"支付未确认关闭", "Payment not closed"},
		Words{"支付渠道没有确认这笔支付已关闭。", "The provider does not confirm that the payment is closed."},
		"requery", askNow},
	{PaymentDoubted, Watch, Words{"回调未获证实", "Payment doubted"},
		Words{"回调提到的支付，支付渠道的查询结果没有证实。",
			"A callback spoke of a payment that the provider does not confirm."},
		"requery", askNow},
	{ClosingLive, Act, Words{"已到期仍未关闭", "Expired, not closed"},
		Words{"代付请求已到期，但仍有一笔支付没有关闭。", "The deadline has passed, and a payment is still not closed."},
		"requery", askNow},
	{Overdue, Act, Words{"到时未处理", "Overdue"},
		Words{"到了时间却没有动静（{detail}）。", "Its time came and nothing happened ({detail})."},
		"restart_workflow", Words{"确认工作进程正常后，重新启动流程。",
			"See that a worker runs; then start its workflow anew."}},
}

// other is what ends something whose detail says more than its reason.
type other struct {
	step string
	next Words
}

var disabledFirst = other{"enable_endpoint", Words{
	"接收地址恢复后先重新启用，再重新发送。", "Once the endpoint works, enable it; then send it again.",
}}

// otherwise lists them by reason and detail.
var otherwise = map[Reason]map[string]other{
	RefundFailed: {
		"abnormal": {"divert_refund", Words{
			"请付款人修好收款账户，或把退款转入商户账户后线下退还。",
			"Have the payer mend his account, or send the refund to the merchant's and hand it over.",
		}},
		"diverted": {"", Words{
			"无需操作；到达商户账户后，再由其线下退还付款人。",
			"Nothing yet: once it has come to the merchant's account, he hands it to the payer.",
		}},
		"with_merchant": {"hand_refund", Words{
			"商户已收到退款，请其线下退还付款人，然后登记。",
			"The money is with the merchant: he hands it to the payer, and you note that.",
		}},
		"overdue": {"requery", askNow},
		"lost":    {"requery", askNow},
	},
	// Asked for again by itself, as soon as the balance covers it.
	RefundNoFunds: {"waiting": {"", Words{
		"请商户充值；余额足够后会自动再次退款。",
		"The merchant tops his balance up; the refund is then asked for again.",
	}}},
	WebhookDead:    {"endpoint_disabled": disabledFirst},
	WebhookFailing: {"endpoint_disabled": disabledFirst},
}

var refunds = []About{
	{RefundUnknown, Act, Words{"退款状态不明", "Refund unknown"},
		Words{"支付渠道没有说明是否受理了退款。", "The provider does not say whether the refund was taken."},
		"requery", askNow},
	{RefundFailed, Act, Words{"退款失败", "Refund failed"},
		Words{"退款失败，需要人工处理（{detail}）。", "A refund failed and needs a human ({detail})."},
		"retry_refund", Words{"查明原因后，用正确的单号重新退款。", "Find out why; then try it again under the right number."}},
	{RefundNoFunds, Act, Words{"退款余额不足", "No funds for a refund"},
		Words{"商户在支付渠道的余额不足，退款等待中。",
			"The merchant's balance at the provider is empty; the refund waits."},
		"retry_refund", Words{"请商户充值；余额足够后会自动再次退款。",
			"The merchant tops his balance up; the refund is then asked for again."}},
	{RefundSlow, Watch, Words{"退款超过一天", "Refund slow"},
		Words{"退款超过预期时间仍未完成。", "A refund is still not done when it should be."}, "requery", askNow},
	{MoneyReturning, Watch, Words{"款项退回中", "Money on its way back"},
		Words{"收到的款项不能用于订单，正在退回（{detail}）。",
			"Money that came cannot pay the order and is on its way back ({detail})."},
		"", Words{"无需操作，退款自动完成。", "Nothing: it goes back by itself."}},
}
