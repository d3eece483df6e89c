package store_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// found is what the words lead to: kind and request of each hit.
func (w *world) found(words string) []string {
	w.t.Helper()
	hits, err := w.Search(w.t.Context(), words, 0)
	require.NoError(w.t, err, words)
	list := []string{}
	for _, hit := range hits {
		require.NotEmpty(w.t, hit.ID)
		require.False(w.t, hit.At.IsZero())
		require.NotContains(w.t, hit.Label, "13800138000", "people are masked")
		list = append(list, hit.Kind+" "+hit.Request)
	}
	return list
}

func TestASearchFindsWhateverSomebodyHas(t *testing.T) {
	w := open(t)
	payer, err := w.PayerByPhone(t.Context(), "13800138000")
	require.NoError(t, err)
	order := w.order()
	l := w.live(order)
	l.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	number := mint.Number()
	asked := l.ask(number)
	asked.Pay.Payer = payer.ID
	l.save(asked)
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	paid := capture(number, 12900)
	l.save(paid)
	l.save(models.Event{Kind: models.OrderRefused, Attempt: number, Reason: "order_gone", Spare: mint.Number()})
	invite, err := w.CreateInvite(t.Context(), store.Invite{
		ID: mint.ID(mint.Invite), Request: l.request.ID, Generation: 1, TokenHash: hash(0xab), CodeHash: hash(0xcd),
		ExpiresAt: l.request.ExpiresAt,
	})
	require.NoError(t, err)
	reported := event("provider-event-1")
	reported.Number = number
	kept, err := w.KeepEvent(t.Context(), reported)
	require.NoError(t, err)
	id := l.request.ID
	token := hex.EncodeToString(hash(0xab))

	for words, want := range map[string][]string{
		order.Number:                     {"request " + id},
		" " + id + " ":                   {"request " + id},
		order.ID:                         {"request " + id},
		number:                           {"attempt " + id},
		l.request.Refunds[0].Number:      {"refund " + id},
		paid.Capture.Transaction:         {"attempt " + id},
		invite.ID:                        {"invite " + id},
		token[:8]:                        {"invite " + id},
		strings.ToUpper(token[:9]):       {"invite " + id},
		token:                            {"invite " + id},
		hex.EncodeToString(hash(0xcd)):   {"invite " + id},
		"provider-event-1":               {"callback " + id},
		kept.ID:                          {"callback " + id},
		payer.ID:                         {"attempt " + id, "payer "},
		"13800138000":                    {"attempt " + id, "payer "},
		"+86 138-0013-8000":              {"attempt " + id, "payer "},
		"no such thing":                  {},
		"abcdef01":                       {},
		"' OR 1=1 --":                    {},
		"fpr_00000000-0000-0000-000000%": {},
	} {
		require.ElementsMatch(t, want, w.found(words), words)
	}
	_, err = w.Search(t.Context(), " a ", 0)
	refused(t, err, models.Invalid, "words_short")
	_, err = w.Search(t.Context(), strings.Repeat("a", 301), 0)
	refused(t, err, models.Invalid, "words_long")
}

// A link goes no further than its hash; a word that could be a code may be an order's number, too.
func TestALinkIsSearchedByItsHashOnly(t *testing.T) {
	w := open(t)
	order := w.order()
	fingerprint := func(words string) (string, bool) { return hex.EncodeToString(hash(9)), words != "plain" }
	hits, err := w.Find(t.Context(), order.Number, 0, fingerprint)
	require.NoError(t, err)
	require.Len(t, hits, 1)
	require.Equal(t, "order", hits[0].Kind)
	require.NoError(t, w.exec("UPDATE orders SET number = $1", strings.Repeat("a", 43)))
	hits, err = w.Find(t.Context(), strings.Repeat("a", 43), 0, fingerprint)
	require.NoError(t, err)
	require.Empty(t, hits)
}

func TestFiltersAreTheirOwners(t *testing.T) {
	w := open(t)
	save := func(owner, name string) error {
		filter := map[string]string{"a": name}
		return w.SaveFilter(t.Context(), store.SavedFilter{Owner: owner, Name: name, Filter: filter})
	}
	require.NoError(t, save("staff:a", "mine"))
	require.NoError(t, save("staff:a", "mine"))
	require.NoError(t, save("staff:b", "his"))
	list, err := w.SavedFilters(t.Context(), "staff:a")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, map[string]string{"a": "mine"}, list[0].Filter)
	refused(t, w.DeleteFilter(t.Context(), "staff:a", "his"), models.NotFound, "unknown_filter")
	require.NoError(t, w.DeleteFilter(t.Context(), "staff:b", "his"))
	for range 49 {
		require.NoError(t, save("staff:a", mint.Number()))
	}
	refused(t, save("staff:a", "one more"), models.Limited, "filters_full")
	require.NoError(t, save("staff:a", "mine"), "one that is there may change")
	filter := map[string]string{"a": strings.Repeat("a", 2000)}
	long := store.SavedFilter{Owner: "staff:a", Name: "mine", Filter: filter}
	refused(t, w.SaveFilter(t.Context(), long), models.Invalid, "filter_long")
}
