package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// What a run can be found by in Temporal: opaque names only, for search attributes are not
// sealed. They are set at the start, which costs no event.
var (
	attributeState    = temporal.NewSearchAttributeKeyKeyword("FriendpayState")
	attributeApp      = temporal.NewSearchAttributeKeyKeyword("FriendpayApp")
	attributeProvider = temporal.NewSearchAttributeKeyKeyword("FriendpayProvider")
	attributeOrder    = temporal.NewSearchAttributeKeyKeyword("FriendpayOrder")
	attributeRequest  = temporal.NewSearchAttributeKeyKeyword("FriendpayRequest")
)

// SearchAttributes are all of them, name to type, as a namespace has to know them.
func SearchAttributes() map[string]string {
	return map[string]string{
		"FriendpayState": "Keyword", "FriendpayApp": "Keyword", "FriendpayProvider": "Keyword",
		"FriendpayOrder": "Keyword", "FriendpayRequest": "Keyword",
	}
}

// nobody is the provider of a request that nobody has begun to pay.
const nobody = "none"

// Found is what a request's run is found by from its start. All attributes are set, so that
// a start that is taken proves that the namespace knows each of them.
func Found(r models.Request) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		attributeState.ValueSet(searched(r, string(r.State))), attributeProvider.ValueSet(provider(r)),
		attributeApp.ValueSet(r.App), attributeOrder.ValueSet(r.Order), attributeRequest.ValueSet(r.ID),
	)
}

// foundRefund is what the run of a refund is found by; it never changes.
func foundRefund(r models.Request, number string) temporal.SearchAttributes {
	refund, _ := r.Refund(number)
	attempt, _ := r.Attempt(refund.Attempt)
	return temporal.NewSearchAttributes(
		attributeState.ValueSet(string(models.Refunding)), attributeProvider.ValueSet(attempt.Provider),
		attributeApp.ValueSet(r.App), attributeOrder.ValueSet(r.Order), attributeRequest.ValueSet(r.ID),
	)
}

// searched is the state that support searches by, coarser than the law's: it is "paying"
// from the first attempt until the request is on its way to an end, and does not change
// with each friend who comes and goes, nor while a refund is simply under way.
func searched(r models.Request, before string) string {
	switch r.State {
	case models.Checking, models.Open, models.Paused, models.Paying, models.Confirming:
		if len(r.Attempts) > 0 {
			return string(models.Paying)
		}
		return string(models.Open)
	case models.Refunding:
		return before
	default:
		return string(r.State)
	}
}

// provider is the one that was asked last.
func provider(r models.Request) string {
	if len(r.Attempts) == 0 {
		return nobody
	}
	return r.Attempts[len(r.Attempts)-1].Provider
}

// mostUpserts is how often a run says anew what it is found by; past it only a refund that
// needs a human, or does no longer, is worth the event and the rewritten row.
const mostUpserts = 4

// index is what a run is found by at present.
type index struct {
	state, provider string
	upserts         int
}

func newIndex(r models.Request) index {
	return index{state: searched(r, string(r.State)), provider: provider(r)}
}

// find makes the run found by where it stands now. Only a run that was started with the
// attributes does: one that began before they were registered, or before this code, would
// fail its task here or not replay.
func (r *run) find(ctx workflow.Context) error {
	state, by := searched(r.request, r.found.state), provider(r.request)
	stuck := string(models.RefundStuck)
	moved := state != r.found.state
	if !r.request.Indexed || !moved ||
		r.found.upserts >= mostUpserts && !slices.Contains([]string{state, r.found.state}, stuck) {
		return nil
	}
	updates := []temporal.SearchAttributeUpdate{attributeState.ValueSet(state)}
	if by != r.found.provider {
		updates = append(updates, attributeProvider.ValueSet(by))
	}
	r.found = index{state, by, r.found.upserts + 1}
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

// moment writes a time for people who read details.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }
