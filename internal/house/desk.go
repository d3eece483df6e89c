package house

import "github.com/friendpay/friendpay/internal/support"

// Desk is where colleagues act by hand: the API's, the tools' and, for what waits, the worker's.
func (h *House) Desk() *support.Desk {
	return &support.Desk{
		Rows: h.Store, Door: h.Door, Accounts: h.Accounts, Clock: h.Config.now, Log: h.Log,
		SecondPerson: h.Config.SecondPersonFen, Wait: support.Wait,
	}
}
