package providers

import "context"

// Identifier is an Adapter whose provider can say who holds the browser, for the
// products that bind an order to one payer. Adapters without it have no login.
type Identifier interface {
	// Binds says that an order of this product can be paid by one person only, who
	// has to be named when it is made: Payment.Payer.
	Binds(product string) bool
	// LoginURL is where to send the browser. It comes back to returnURL with a code, in
	// the query parameter CodeName, and with state, unchanged: 1 to 128 of [A-Za-z0-9].
	// "": this account has no login.
	LoginURL(returnURL, state string) string
	// CodeName is the query parameter that brings the code.
	CodeName() string
	// Login exchanges a code once. ErrLogin: the code is spent, too old or unknown;
	// any other error is an *Error and says nothing of the code.
	Login(ctx context.Context, code string) (Identity, error)
}

// Identity is a person as a provider knows them. Subject is personal data: it
// never enters a log.
type Identity struct {
	Subject string // what Payment.Payer takes
	App     string // whose name for the person Subject is: the same as Seller.App
}
