package api

import (
	"net/http"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// reason is a page that says why a link cannot be paid now.
type reason struct {
	name   string // the notice
	status int
	final  bool // it will not change any more
}

// stateNotices says which page tells why a request cannot be paid now.
var stateNotices = map[models.State]string{
	models.Checking: "checking", models.Paying: "taken", models.Confirming: "confirming",
	models.Applying: "confirming", models.Settled: "paid", models.PaidByBuyer: "paid",
	models.Refunding: "paid", models.Refunded: "ended", models.PartlyRefunded: "paid",
	models.RefundStuck: "paid", models.Paused: "paused", models.Closing: "ended", models.Expired: "expired",
	models.CancelledBuyer: "cancelled", models.CancelledMerchant: "cancelled", models.Ineligible: "ended",
	models.Superseded: "ended", models.BlockedRisk: "ended",
}

// whyNot says why a link cannot be paid now; ok when it can, through one of so
// many channels.
func (v scene) whyNot(channels int) (why reason, ok bool) {
	link, r := v.link, v.link.Request
	switch {
	case link.Invite.State == store.InviteRevoked:
		return reason{"revoked", http.StatusGone, true}, false
	case link.Invite.State == store.InviteDeclined && link.Invite.DeclineReason == reported:
		return reason{"reported", http.StatusGone, true}, false
	case link.Invite.State == store.InviteDeclined:
		return reason{"declined", http.StatusGone, true}, false
	case !r.EndedAt.IsZero() && r.Winner == "" && stateNotices[r.State] == "paid":
		return reason{"ended", http.StatusGone, true}, false // the order did not take the money
	case !r.EndedAt.IsZero():
		return reason{stateNotices[r.State], http.StatusGone, true}, false
	case pausedFor(r) != "":
		return reason{"outage", http.StatusOK, false}, false
	case r.State != models.Open:
		return reason{stateNotices[r.State], http.StatusOK, false}, false
	case v.left(r.ExpiresAt) == 0:
		return reason{"expired", http.StatusGone, false}, false // the engine is about to say so
	case channels == 0:
		return reason{v.noWay(), http.StatusOK, false}, false
	default:
		return reason{}, true
	}
}

// whyNotPage says so, keeps itself up to date while that may change, and shows
// whoever paid the way to his own result.
func (v scene) whyNotPage(why reason, way web.Mine) web.Page {
	link, card := v.link, v.card()
	view := web.Notice{Name: why.name, Card: &card}
	page := web.Page{Template: web.NoticePage}
	if !why.final {
		page.Refresh = refresh
		view.Wait = v.left(link.Request.SlotUntil)
	}
	for _, a := range link.Request.Attempts {
		if !a.ByBuyer {
			view.Mine = way
		}
	}
	if why.name == "elsewhere" {
		view.Elsewhere, view.App = web.MineExchange, appOf(v.asked.Surface)
		if way != web.MineExchange {
			view.Elsewhere = web.MineSession
		}
	}
	page.View = view
	return page
}

// mine says that this payer holds the slot or has money in the request: his page
// is the result.
func mine(r models.Request, payer string) bool {
	for _, a := range r.Attempts {
		if a.Payer != payer || payer == "" || a.ByBuyer {
			continue
		}
		if a.Pending() || a.State == models.SucceededAttempt && r.State != models.Open {
			return true
		}
	}
	return false
}
