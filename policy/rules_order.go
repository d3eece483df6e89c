package policy

// orderRules are about the order as a whole.
var orderRules = []rule{
	{name: "order_settled", version: 1, order: true, fix: FixNewOrder,
		no: func(f Facts, _ Channel) bool { return f.Order.Settled },
		zh: "订单已付款或已取消", en: "The order is paid or cancelled already."},
	{name: "kind_friend_pay", version: 2, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool {
			kind, known := f.Catalogue.kind(f.App, f.Order.Kind)
			return known && !kind.FriendPay && (f.Payer == nil || !f.Payer.IsBuyer)
		},
		zh: "该类订单须由下单人本人付款", en: "Orders of this kind must be paid by whoever placed them."},
	{name: "kind_amount", version: 2, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool {
			kind, known := f.Catalogue.kind(f.App, f.Order.Kind)
			return known && !kind.window().holds(f.Order.Payable)
		},
		zh: "该类订单的金额不支持代付",
		en: "Orders of this kind and amount cannot be paid by a friend."},
	{name: "order_deadline", version: 1, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool { return f.tooNear(0) },
		zh: "离付款截止时间太近", en: "The order must be paid too soon for a friend."},
}
