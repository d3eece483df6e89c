package console

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
	"github.com/friendpay/friendpay/web/console"
)

// Store is what the console reads as it is stored.
type Store interface {
	Cases(ctx context.Context, filter store.CaseFilter) (store.Page[store.Case], error)
	Deeds(ctx context.Context, subject string) ([]store.Deed, error)
	// Colleague is the name that the audit has for who logs in; one that another has is refused.
	Colleague(ctx context.Context, subject, name string) (string, error)
	Audited(ctx context.Context, filter store.DeedFilter) (store.Page[store.Deed], error)
	CatalogueRows(ctx context.Context, filter store.CatalogueFilter) ([]store.CatalogueEntry, error)
	CatalogueHistory(ctx context.Context, filter store.CatalogueFilter) ([]store.CatalogueEntry, error)
	Stuck(ctx context.Context, filter store.StuckFilter) (store.Page[store.StuckRow], error)
	StuckCounts(ctx context.Context, filter store.StuckFilter) ([]store.StuckCount, error)
	SavedFilters(ctx context.Context, owner string) ([]store.SavedFilter, error)
	SaveFilter(ctx context.Context, filter store.SavedFilter) error
	DeleteFilter(ctx context.Context, owner, name string) error
	Deliveries(ctx context.Context, filter store.DeliveryFilter) (store.Page[store.Delivery], error)
	Delivery(ctx context.Context, id string) (store.Delivery, []store.DeliveryTry, error)
	Endpoints(ctx context.Context, app string) ([]store.Endpoint, error)
}

// Desk is where commands are given. Its refusals are *models.Error.
type Desk interface {
	// Least is the least role that may give a command; false: there is none of that name.
	Least(command string) (support.Role, bool)
	Wants(command string) []support.Arg
	Case(ctx context.Context, id string) (store.Case, error)
	Notes(ctx context.Context, id string) ([]console.Note, error)
	Preview(ctx context.Context, wish support.Wish) (support.Preview, error)
	Give(ctx context.Context, wish support.Wish) (given console.CommandRow, err error)
	// Submit gives it and waits a little for its end. Shown is what only this answer may hold.
	Submit(ctx context.Context, wish support.Wish) (given console.CommandRow, shown string, err error)
	Approve(ctx context.Context, id string, by support.Person, reason string) (console.CommandRow, error)
	Reject(ctx context.Context, id string, by support.Person, reason string) (console.CommandRow, error)
	Command(ctx context.Context, id string) (console.CommandRow, error)
	// Commands lists the newest first; an empty state is any.
	Commands(ctx context.Context, state, cursor string) (rows []console.CommandRow, next string, err error)
}

// Catalogue changes what operators decide, or shows what a change would do.
type Catalogue interface {
	Change(ctx context.Context, order effects.Order) (effects.Outcome, error)
}

// Offers says what a colleague may do about a request right now.
type Offers interface {
	Offers(ctx context.Context, request string, by support.Person) ([]support.Offer, error)
}

// Machine looks at a request at a moment; see package machine.
type Machine interface {
	Load(ctx context.Context, request string, at time.Time) (machine.Page, error)
	Screen(ctx context.Context, request, side string, at time.Time, in web.Locale) (machine.Screen, error)
}

// Deps are the parts that the console stands on; api fills it.
type Deps struct {
	Parts
	Store     Store
	Catalogue Catalogue
	Find      func(ctx context.Context, words string, limit int) ([]store.Hit, error)
	Machine   Machine
	Export    func(c echo.Context) error // answers the list that {what} names as CSV, for whoever calls
	Clock     func() time.Time
	Speed     int64  // divides the windows of the law; 1 in production
	PublicURL string // where people reach us, without a slash at the end
}

// Parts are what may be missing: a page that needs one says so then.
type Parts struct {
	Desk   Desk
	OpenID OpenID // nil: nobody can log in
	Hints  []Hint // whom the login page offers, in development only
	Offers Offers // nil: nothing is offered on a request's page
	// WorkflowURL is where Temporal's Web UI shows a workflow; nil: there are no such links.
	WorkflowURL func(workflow string) string
}
