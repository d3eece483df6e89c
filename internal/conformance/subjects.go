package conformance

// Subject is a provider's product, as its contract test names it.
type Subject struct{ Provider, Product string }

// Subjects are who must pass the contract, in the order of the table: a new product is
// a line. One that is listed and does not run, or runs and is not listed, is an error.
var Subjects = []Subject{
	{"wechatpay", "native"},
	{"wechatpay", "native in certificate mode"},
	{"wechatpay", "jsapi"},
	{"wechatpay", "h5"},
	{"alipay", "wap"},
	{"alipay", "page"},
	{"alipay", "qr"},
	{"alipay", "qr in certificate mode"},
	{"alipay", "jsapi"},
	{"unionpay", "wap"},
	{"unionpay", "pc"},
	{"unionpay", "qr"},
	{"unionpay", "app"},
	{"mockpay", "wap"},
	{"mockpay", "qr"},
	{"toy", "page"},
}
