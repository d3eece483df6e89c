package wechatpay

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// Routes adds the provider's own addresses and the pages of the WeChat app to a mux.
func (p *Provider) Routes(mux *http.ServeMux) {
	const trade, refunds = "/v3/pay/transactions/", "/v3/refund/domestic/refunds"
	for _, product := range []string{native, jsapi, h5} {
		mux.HandleFunc("POST "+trade+product, p.api(faults.Create, p.create(product)))
	}
	mux.HandleFunc("GET "+trade+"out-trade-no/{no}", p.api(faults.Query, p.queryByNumber))
	mux.HandleFunc("GET "+trade+"id/{id}", p.api(faults.Query, p.queryByID))
	mux.HandleFunc("POST "+trade+"out-trade-no/{no}/close", p.api(faults.Close, p.close))
	mux.HandleFunc("POST "+refunds, p.api(faults.Refund, p.refund))
	mux.HandleFunc("GET "+refunds+"/{no}", p.api(faults.RefundQuery, p.queryRefund))
	mux.HandleFunc("POST "+refunds+"/{id}/apply-abnormal-refund", p.api(faults.Refund, p.applyAbnormal))
	mux.HandleFunc("GET /v3/certificates", p.api(faults.Certificates, p.certificates))
	mux.HandleFunc("GET /v3/bill/tradebill", p.api(faults.Statement, p.tradeBill))
	mux.HandleFunc("GET /v3/bill/fundflowbill", p.api(faults.Statement, p.fundFlowBill))
	mux.HandleFunc("GET /v3/billdownload/file", p.download)
	p.loginRoutes(mux)
	p.messageRoutes(mux)
	p.pageRoutes(mux)
}

// SimRoutes adds what stands for people and chaos; the caller guards them.
func (p *Provider) SimRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/wechatpay/pay", p.simPay)
	mux.HandleFunc("POST /sim/wechatpay/capture", p.simCapture)
	mux.HandleFunc("POST /sim/wechatpay/refunds", p.simRefund)
	mux.HandleFunc("GET /sim/wechatpay/codes", p.showCodes)
	mux.HandleFunc("POST /sim/wechatpay/user", p.simUser)
	mux.HandleFunc("POST /sim/wechatpay/limits", p.simLimits)
	p.messageSimRoutes(mux)
}
