package store_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func (w *world) requireCard(l *life, want store.Card) {
	w.t.Helper()
	got, err := w.Card(w.t.Context(), l.request.ID)
	require.NoError(w.t, err)
	require.Equal(w.t, want, got)
	link, err := w.InviteByHash(w.t.Context(), hash(1))
	require.NoError(w.t, err)
	require.Equal(w.t, want, link.Card, "the friend's page reads the same")
}

func (w *world) cards(l *life) int64 {
	return value[int64](w, "SELECT count(*) FROM request_cards WHERE request_id = $1", l.request.ID)
}

func (w *world) change(l *life, to store.Card) {
	w.t.Helper()
	said := store.CardChange{Shows: to.Shows, Message: &to.Message}
	got, err := w.ChangeCard(w.t.Context(), l.request.ID, said)
	require.NoError(w.t, err)
	require.Equal(w.t, to, got)
}

// Two who change different things at once both get their way.
func TestChangesOfACardDoNotOverwriteEachOther(t *testing.T) {
	w := open(t)
	l := w.opened()
	for round := range 20 {
		want := store.Card{Shows: models.AllShows[round%2], Message: strconv.Itoa(round)}
		var both sync.WaitGroup
		for _, said := range []store.CardChange{{Shows: want.Shows}, {Message: &want.Message}} {
			both.Go(func() {
				_, err := w.ChangeCard(t.Context(), l.request.ID, said)
				require.NoError(t, err)
			})
		}
		both.Wait()
		got, err := w.Card(t.Context(), l.request.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
		of, err := w.CardOfOrder(t.Context(), l.request.Order)
		require.NoError(t, err)
		require.Equal(t, want, of)
	}
}

func TestACardIsKeptBesideTheRequest(t *testing.T) {
	w := open(t)
	l := w.opened()
	w.invite(l, 1)
	w.requireCard(l, store.Card{Shows: models.ShowsFull})
	before := w.clock()

	first := store.Card{Shows: models.ShowsSurprise, Message: "生日快乐"}
	require.NoError(t, w.BeginCard(t.Context(), l.request.ID, first))
	w.requireCard(l, first)
	between := w.clock()
	second := store.Card{Shows: models.ShowsCategory, Message: "谢谢"}
	for range 2 { // again changes nothing
		w.change(l, second)
	}
	require.NoError(t, w.BeginCard(t.Context(), l.request.ID, first), "placing again takes nothing back")
	w.requireCard(l, second)
	require.EqualValues(t, 2, w.cards(l))

	l.save(models.Event{Kind: models.BuyerCancelled})
	w.requireCard(l, second)
	for at, want := range map[time.Time]store.Card{ // a clock that is behind uncovers nothing
		before: first, between: first, w.clock(): second,
	} {
		got, err := w.CardAt(t.Context(), l.request.ID, at)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestACardSaysNoMoreThanItMay(t *testing.T) {
	w := open(t)
	l := w.opened()
	long := store.Card{Shows: models.ShowsFull, Message: strings.Repeat("谢", 61)}
	require.Error(t, w.BeginCard(t.Context(), l.request.ID, long))
	_, err := w.ChangeCard(t.Context(), l.request.ID, store.CardChange{Shows: "everything"})
	require.Error(t, err)
	require.Zero(t, w.cards(l))
}

// A card that came before its request stays for the call that makes it; one whose request
// never came, and what held before the newest of an old request, goes.
func TestOldCardsGo(t *testing.T) {
	w := open(t)
	l := w.opened()
	surprise := store.Card{Shows: models.ShowsSurprise}
	old := store.Card{Shows: models.ShowsFull, Message: "old"}
	require.NoError(t, w.BeginCard(t.Context(), l.request.ID, old))
	w.change(l, store.Card{Shows: surprise.Shows})
	require.NoError(t, w.BeginCard(t.Context(), "fpr_never", surprise))
	_, err := w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, value[int64](w, "SELECT count(*) FROM request_cards"), "too young")

	require.NoError(t, w.exec(`UPDATE request_cards SET at = at - CASE request_id
		WHEN 'fpr_never' THEN interval '2 days' ELSE interval '91 days' END`))
	require.NoError(t, w.exec(`UPDATE requests SET ended_at = now(), guarded = false,
		snapshot = snapshot || jsonb_build_object('guard_until', now() - interval '91 days')`))
	_, err = w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, value[int64](w, "SELECT count(*) FROM request_cards"))
	got, err := w.Card(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, surprise, got)
}

func TestTheMessageIsForgottenWithItsBuyer(t *testing.T) {
	w := open(t)
	l, _ := w.known()
	require.NotEmpty(t, finds(w.dump(), "canary-words", "canary-kind"))
	l.over()
	_, err := w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
	require.NoError(t, err)
	require.Empty(t, finds(w.dump(), "canary-words", "canary-kind"))
}
