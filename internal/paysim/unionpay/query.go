package unionpay

// isRefund says whether a query asks about a refund or an undo.
func (p *Provider) isRefund(f fields) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refunds[key(f["merId"], f["orderId"])] != nil
}

// query tells what became of a transaction, found by its number and its time.
// respCode is about the query, origRespCode about the transaction.
func (p *Provider) query(c *call) (fields, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := key(c.merchant.MerID, c.form["orderId"])
	o, r := p.orders[at], p.refunds[at]
	var found fields
	switch {
	case r != nil && r.Call["txnTime"] == c.form["txnTime"]:
		found = p.refundView(r)
	case o != nil && o.Call["txnTime"] == c.form["txnTime"] && o.state() != nothing:
		found = o.view()
	default:
		return nil, errUnknown
	}
	return found.with(fields{"respCode": done, "respMsg": say(done)}), nil
}

// view is what a query tells of an order.
func (o *order) view() fields {
	state := o.state()
	view := o.Call.pick("txnType", "txnSubType", "bizType", "reqReserved", "txnAmt", "currencyCode").with(fields{
		"origRespCode": state, "origRespMsg": say(state),
	})
	if state == tooLate {
		return view.with(trace(o.Late.QueryID, o.Late.At))
	}
	return view.with(o.money())
}
