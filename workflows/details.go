package workflows

import (
	"fmt"
	"strings"

	"github.com/friendpay/friendpay/models"
)

// Summary is the one line that Temporal's lists show of a request.
func Summary(r models.Request) string { return "friend-pay request of order " + r.Order }

// Details say what a request was placed as, in markdown: ids and amounts, sealed like any payload.
func Details(r models.Request) string {
	lines := []string{
		fmt.Sprintf("- app `%s`, merchant `%s`, order `%s`", r.App, r.Merchant, r.Order),
		fmt.Sprintf("- payable %s, expires %s", r.Payable, moment(r.ExpiresAt)),
	}
	return strings.Join(lines, "\n")
}

// now are the current details of a request: where it stands, who pays through which
// channel, and what happens next by itself.
func now(r models.Request) string {
	lines := []string{"**" + string(r.State) + "** since " + moment(r.EnteredAt)}
	if r.Target != "" && r.State == models.Closing {
		lines[0] += ", on the way to " + string(r.Target)
	}
	for _, a := range r.Attempts {
		if a.Number == r.Slot || a.Number == r.Winner || a.Pending() {
			lines = append(lines, paying(a))
		}
	}
	for _, f := range r.Refunds {
		line := fmt.Sprintf("- refund `%s` of %s: %s", f.Number, f.Amount, f.State)
		if f.Failure != "" {
			line += ", " + f.Failure
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, next(r)), "\n")
}

func paying(a models.Attempt) string {
	line := fmt.Sprintf("- `%s` pays %s through %s (%s `%s`): %s", a.Payer, a.Quoted, a.Channel, a.Provider,
		a.Number, a.State)
	if a.Disposition != "" {
		line += ", " + string(a.Disposition)
	}
	return line
}

func next(r models.Request) string {
	at, kind, ok := r.Deadline()
	switch {
	case r.Final():
		return "- next: nothing, it is over"
	case !ok:
		return "- next: an answer that it waits for"
	default:
		return fmt.Sprintf("- next: %s at %s", kind, moment(at))
	}
}

// refundDetails say what a refund gives back to whom.
func refundDetails(r models.Request, number string) string {
	refund, _ := r.Refund(number)
	return fmt.Sprintf("- gives back %s of payment `%s`, request `%s`: %s", refund.Amount, refund.Attempt, r.ID,
		refund.Reason)
}
