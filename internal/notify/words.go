package notify

var (
	ofMoney   = []Field{Amount, Currency, Request}
	reminding = []Field{Amount, Currency, Until, Request}
)

// Templates are all that a friend is written. No text holds an address: he finds the page where he was asked.
var Templates = []Template{
	{MoneyReceived, Chinese, "已收到你代付的 {amount} 元，订单已确认。如有退款，会原路退回给你。编号 {request}", ofMoney},
	{MoneyReceived, English,
		"We have received your {amount} {currency}, and the order is confirmed. Any refund comes back to you. " +
			"Reference {request}", ofMoney},
	{MoneyBack, Chinese, "订单没有用上你代付的钱，{amount} 元正在原路退回给你，你不需要做什么。编号 {request}", ofMoney},
	{MoneyBack, English,
		"The order did not take your payment: {amount} {currency} is on its way back to you. " +
			"There is nothing you need to do. Reference {request}", ofMoney},
	{Refunded, Chinese, "{amount} 元已退回到你的付款账户。编号 {request}", ofMoney},
	{Refunded, English,
		"{amount} {currency} has come back to the account you paid from. Reference {request}", ofMoney},
	{RefundStuck, Chinese,
		"{amount} 元暂时退不回你的付款账户，钱还在。请打开当时的付款页面，告诉我们怎么处理。编号 {request}", ofMoney},
	{RefundStuck, English,
		"Your account could not take {amount} {currency} back. The money is safe. " +
			"Please open the page you paid on and tell us what to do. Reference {request}", ofMoney},
	{Thanks, Chinese, "你帮忙付了 {amount} 元，对方让我们替他谢谢你。编号 {request}", ofMoney},
	{Thanks, English,
		"Thank you for paying {amount} {currency}, says the person you paid for. Reference {request}", ofMoney},
	{ReminderPledge, Chinese,
		"到了你说好帮忙付 {amount} 元的时间。付款页面在朋友发给你的消息里，{until} 前有效。编号 {request}", reminding},
	{ReminderPledge, English,
		"It is the time at which you meant to pay {amount} {currency}. The page is in your friend's message, " +
			"open until {until} (Beijing time). Reference {request}", reminding},
	{ReminderHalf, Chinese,
		"朋友请你帮忙付的 {amount} 元还没有付，{until} 前都可以。付款页面在朋友发给你的消息里，不方便也没关系。编号 {request}",
		reminding},
	{ReminderHalf, English,
		"The {amount} {currency} that your friend asked you for is still open, until {until} (Beijing time). " +
			"The page is in your friend's message; it is fine to say no. Reference {request}", reminding},
	{ReminderLast, Chinese,
		"朋友请你帮忙付的 {amount} 元快到期了，{until} 截止。付款页面在朋友发给你的消息里，不方便也没关系。编号 {request}",
		reminding},
	{ReminderLast, English,
		"The {amount} {currency} that your friend asked you for ends soon, at {until} (Beijing time). " +
			"The page is in your friend's message; it is fine to say no. Reference {request}", reminding},
}
