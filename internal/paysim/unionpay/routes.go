package unionpay

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// Routes adds the provider's own addresses and the payer's pages to a mux.
func (p *Provider) Routes(mux *http.ServeMux) {
	const gateway = "/unionpay/gateway/api/"
	refund := task{faults.Refund, forRefund, p.refund}
	query := task{faults.Query, forOrders, p.query}
	mux.HandleFunc("POST "+gateway+"frontTransReq.do", p.front)
	mux.HandleFunc("POST "+gateway+"appTransReq.do", p.api(tasks{
		"01/01/000201": {faults.Create, forMoney, p.createApp},
	}))
	mux.HandleFunc("POST "+gateway+"backTransReq.do", p.api(tasks{
		"01/07/000000": {faults.Create, forMoney, p.createQR},
		"04/00/000201": refund, "04/00/000000": refund, "31/00/000201": refund, "31/00/000000": refund,
	}))
	mux.HandleFunc("POST "+gateway+"queryTrans.do", p.api(tasks{"00/00/000000": query, "00/00/000201": query}))
	mux.HandleFunc("POST /unionpay/filedownload/{$}", p.api(tasks{
		"76/01/000000": {faults.Statement, forFile, p.statement},
	}))
	p.pageRoutes(mux)
}

// SimRoutes adds what stands for people and chaos; the caller guards them.
func (p *Provider) SimRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/unionpay/pay", p.simPay)
	mux.HandleFunc("POST /sim/unionpay/capture", p.simCapture)
	mux.HandleFunc("POST /sim/unionpay/refunds", p.simRefund)
	mux.HandleFunc("GET /sim/unionpay/codes", p.showCodes)
}
