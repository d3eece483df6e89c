package view

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// afterwards adds what the buyer may do besides sending the link: more time, thanks, asking again; and where
// money that went back is.
func (k Known) afterwards(view *web.ShopRequest) {
	r := k.Request
	view.More, view.Deadline = k.moreTime(), r.ExpiresAt
	view.MayAgain = view.State == models.Expired || view.State == models.CancelledBuyer
	view.Thanked, view.Refunds, view.Typed = moment(r.ThankedAt), refunds(r), k.Typed
	view.MayThank = r.ThankedAt == nil && slices.ContainsFunc(r.Attempts, func(a client.AttemptView) bool {
		return disposition(a) == models.Applied && !a.ByBuyer
	})
}

// moreTime are the deadlines that he may choose: later than the present one, and no later than may be.
func (k Known) moreTime() (list []web.More) {
	if k.Request.ExtendableUntil == nil {
		return nil
	}
	latest := *k.Request.ExtendableUntil
	for _, minutes := range []int{30, 120} {
		if !k.Request.ExpiresAt.Add(time.Duration(minutes) * time.Minute).After(latest) {
			list = append(list, web.More{Minutes: minutes})
		}
	}
	year, month, day := k.Now.In(models.Shanghai).Date()
	midnight := time.Date(year, month, day+1, 0, 0, 0, 0, models.Shanghai)
	if midnight.After(k.Request.ExpiresAt) && !midnight.After(latest) {
		list = append(list, web.More{Until: midnight})
	}
	return list
}

// refunds is what goes back, with where each is on its way, and to whom.
func refunds(r client.RequestView) (list []web.Refund) {
	for _, f := range r.Refunds {
		state := models.RefundState(f.State)
		if state == models.RefundReplaced {
			continue
		}
		shown := web.Refund{
			To: "friend", Amount: Money(f.Amount), Asked: f.CreatedAt, DoneAt: moment(f.DoneAt),
			Taken: moment(f.TakenAt), Done: state == models.RefundSucceeded, Stuck: state == models.RefundFailed,
		}
		if outstanding(f) {
			shown.ExpectedBy = moment(f.ExpectedBy)
		}
		byBuyer := func(a client.AttemptView) bool { return a.Number == f.Attempt && a.ByBuyer }
		if slices.ContainsFunc(r.Attempts, byBuyer) {
			shown.To = "buyer"
		}
		list = append(list, shown)
	}
	return list
}
