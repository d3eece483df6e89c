package support_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Parts that nobody carried out yet are parts, too: a worker that is down makes no large refund
// a small one.
func TestPartsThatWaitAddUp(t *testing.T) {
	w := newWorld(t)
	l := w.open().settled()
	ask := func(subject, amount string) store.Command {
		given, err := w.Submit(t.Context(), w.wish(supervisor, "refund", subject, "amount", amount))
		require.NoError(t, err)
		return given
	}
	require.Equal(t, store.CommandQueued, ask(l.ID, "60000").State)
	next := ask(l.Winner, "60000") // the same money by its payment's number
	require.Equal(t, store.CommandWaiting, next.State)
	require.Equal(t, store.CommandWaiting, ask(l.ID, "1").State, "what waits for a word counts")
	plan, err := w.Preview(t.Context(), w.wish(second, "refund", l.ID, "amount", "1"))
	require.NoError(t, err)
	require.True(t, plan.Second, "and whoever asks")
	w.carry()
	require.Len(t, w.request(l.ID).Refunds, 1)
	require.Equal(t, store.CommandWaiting, ask(l.ID, "2").State, "done and waiting are counted once each")
	other := w.open().settled()
	require.Equal(t, store.CommandQueued, ask(other.ID, "60000").State, "another request is another sum")
}

// Many small refunds at once are not each the first.
func TestPartsAtOnceAddUp(t *testing.T) {
	w := newWorld(t)
	l := w.open().settled()
	const parts = 6
	var all sync.WaitGroup
	for range parts {
		all.Go(func() {
			_, err := w.Submit(t.Context(), w.wish(supervisor, "refund", l.ID, "amount", "40000"))
			require.NoError(t, err)
		})
	}
	all.Wait()
	queued, err := w.Rows.Commands(t.Context(), store.CommandFilter{
		Request: l.ID, States: []store.CommandState{store.CommandQueued},
	})
	require.NoError(t, err)
	require.Len(t, queued.Items, 2, "40,000 twice is below the limit, a third time above")
}

func TestOneColleagueIsOneInWhateverSpelling(t *testing.T) {
	w := newWorld(t)
	given := w.largeRefund()
	for _, name := range []string{"staff:Boss", "staff:BOSS"} {
		_, err := w.Approve(t.Context(), given.ID, support.Person{Name: name, Role: support.Operator}, "fine")
		refusedAs(t, err, "same_person")
	}
	for _, name := range []string{"staff:boss ", " staff:boss", "staff:staff:boss", "boss"} {
		_, err := w.Approve(t.Context(), given.ID, support.Person{Name: name, Role: support.Operator}, "fine")
		refusedAs(t, err, "bad_name")
	}
	deeds, err := w.Rows.Deeds(t.Context(), given.ID)
	require.NoError(t, err)
	require.Empty(t, deeds)
}

// Two who agree at once, or one who agrees while another does not: one of them is heard.
func TestOneWordIsHeard(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		given := w.largeRefund()
		errs := make([]error, 3)
		var all sync.WaitGroup
		for i, say := range []func() (store.Command, error){
			func() (store.Command, error) { return w.Approve(t.Context(), given.ID, second, "fine") },
			func() (store.Command, error) { return w.Approve(t.Context(), given.ID, operator, "fine") },
			func() (store.Command, error) {
				return w.Reject(t.Context(), given.ID, support.Person{Name: "staff:dora", Role: support.Supervisor}, "no")
			},
		} {
			all.Go(func() { _, errs[i] = say() })
		}
		all.Wait()
		heard := 0
		for _, err := range errs {
			var known *models.Error
			if err == nil {
				heard++
			} else if !errors.As(err, &known) || known.Reason != "not_waiting" {
				require.NoError(t, err)
			}
		}
		require.Equal(t, 1, heard)
		deeds, err := w.Rows.Deeds(t.Context(), given.ID)
		require.NoError(t, err)
		require.Len(t, deeds, 1)
		w.carry()
		now, err := w.Rows.Command(t.Context(), given.ID)
		require.NoError(t, err)
		if deeds[0].Act == "reject" {
			require.Empty(t, w.request(given.Request).Refunds)
			continue
		}
		require.Equal(t, store.CommandDone, now.State, now.Outcome)
		require.Len(t, w.request(given.Request).Refunds, 1)
	}
}

// What was asked for is what is approved: the amount stands when it is asked for, and what is
// no longer there is not given.
func TestAnApprovalIsOfWhatWasAsked(t *testing.T) {
	w := newWorld(t)
	l := w.open().settled()
	all, err := w.Submit(t.Context(), w.wish(supervisor, "refund", l.ID))
	require.NoError(t, err)
	require.Equal(t, store.CommandWaiting, all.State)
	require.Equal(t, "200000", all.Args["amount"], "all that is left is a number from then on")
	money := models.CNY(50_000)
	l.do(models.Event{Kind: models.RefundAsked, Refund: "R0000000000000000000000001", Money: &money})
	_, err = w.Approve(t.Context(), all.ID, second, "fine")
	require.NoError(t, err)
	w.carry()
	now, err := w.Rows.Command(t.Context(), all.ID)
	require.NoError(t, err)
	require.Equal(t, store.CommandRefused, now.State, now.Outcome)
	require.Len(t, w.request(l.ID).Refunds, 1, "neither the whole again nor another part")
}

// Yesterday's facts are looked at anew.
func TestACommandWaitsForADay(t *testing.T) {
	w := newWorld(t)
	given, fresh := w.largeRefund(), w.largeRefund()
	_, err := w.raw.Exec(t.Context(), "UPDATE commands SET at = at - interval '25 hours' WHERE id = $1",
		given.ID)
	require.NoError(t, err)
	_, err = w.Approve(t.Context(), given.ID, second, "fine")
	refusedAs(t, err, "lapsed")
	err = w.Rows.DecideCommand(t.Context(), store.SecondPerson{
		Command: given.ID, By: second.Name, Reason: "fine", Agrees: true,
	})
	refusedAs(t, err, "not_waiting")
	ended, err := w.Rows.LapseCommands(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, ended)
	now, err := w.Rows.Command(t.Context(), given.ID)
	require.NoError(t, err)
	require.Equal(t, store.CommandRefused, now.State)
	require.Equal(t, "Nobody agreed within a day.", now.Outcome)
	require.False(t, now.DoneAt.IsZero())
	_, err = w.Approve(t.Context(), fresh.ID, second, "fine")
	require.NoError(t, err)
}

// Who asked keeps no say in it: his role counted when he asked. Whoever agrees has his now.
func TestARoleThatIsGoneAgreesToNothing(t *testing.T) {
	w := newWorld(t)
	given := w.largeRefund()
	_, err := w.Approve(t.Context(), given.ID, support.PersonOf("carl", []string{"viewer", "codec"}), "fine")
	refusedAs(t, err, "role_too_low")
	_, err = w.Approve(t.Context(), given.ID, support.PersonOf("carl", nil), "fine")
	refusedAs(t, err, "role_too_low")
}

// Cancelling by force gives back what has come: by no lesser role than a refund, and as much of it
// wants as many people.
func TestMoneyThatAForcedCancelGivesBackIsARefund(t *testing.T) {
	w := newWorld(t)
	l := w.open().paying()
	paid := models.Capture{Money: l.Payable}
	l.do(models.Event{Kind: models.PaymentSucceeded, Attempt: l.Slot, Capture: &paid})
	require.Equal(t, models.Applying, l.State)
	for _, is := range []*life{l, w.open(), w.open().paying()} {
		_, err := w.Submit(t.Context(), w.wish(agent, "cancel", is.ID, "force", "yes"))
		refusedAs(t, err, "role_too_low")
	}
	plan, err := w.Preview(t.Context(), w.wish(supervisor, "cancel", l.ID, "force", "yes"))
	require.NoError(t, err)
	require.Contains(t, plan.Effects, "What was paid goes back now: 2000.00 CNY.")
	given, err := w.Submit(t.Context(), w.wish(supervisor, "cancel", l.ID, "force", "yes"))
	require.NoError(t, err)
	require.Equal(t, store.CommandWaiting, given.State)
	require.Empty(t, w.request(l.ID).Refunds)
}

// Money that goes to the merchant instead of who paid it is looked at by two, when it is much.
func TestMuchMoneyIsLedElsewhereByTwo(t *testing.T) {
	w := newWorld(t)
	w.SecondPerson = 1_000
	l := w.open().broken()
	for _, name := range []string{"divert_refund", "hand_refund"} {
		plan, err := w.Preview(t.Context(), w.wish(supervisor, name, l.Refunds[0].Number))
		require.NoError(t, err, name)
		require.True(t, plan.Second || plan.Refused != nil, name)
	}
	given, err := w.Submit(t.Context(), w.wish(supervisor, "divert_refund", l.Refunds[0].Number))
	require.NoError(t, err)
	require.Equal(t, store.CommandWaiting, given.State)
}
