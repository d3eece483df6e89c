package alipay

import "net/http"

// Routes adds the provider's own addresses and the pages of the Alipay app to a mux.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /alipay/gateway.do", p.gateway)
	mux.HandleFunc("GET /alipay/gateway.do", p.gateway)
	mux.HandleFunc("GET /alipay/bill", p.download)
	mux.HandleFunc("GET /alipay/cashier", p.showCashier)
	mux.HandleFunc("POST /alipay/cashier", p.press)
	mux.HandleFunc("GET /alipay/bridge.js", showBridge)
	mux.HandleFunc("GET /alipay/oauth2/publicAppAuthorize.htm", p.authorize)
	mux.HandleFunc("POST /alipay/oauth2/publicAppAuthorize.htm", p.consent)
}

// SimRoutes adds what stands for people and chaos; the caller guards them.
func (p *Provider) SimRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/alipay/pay", p.simPay)
	mux.HandleFunc("POST /sim/alipay/capture", p.simCapture)
	mux.HandleFunc("POST /sim/alipay/refunds", p.simRefund)
	mux.HandleFunc("GET /sim/alipay/codes", p.showCodes)
	mux.HandleFunc("POST /sim/alipay/user", p.simUser)
}
