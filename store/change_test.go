package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// row reads what a change wants from JSON.
func row(t *testing.T, text string) map[string]json.RawMessage {
	t.Helper()
	fields := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(text), &fields))
	return fields
}

func (w *world) wants(family, text string) ([]store.CatalogueEntry, error) {
	w.t.Helper()
	return w.ChangeRows(w.t.Context(), anna, []store.Change{{Family: family, Row: row(w.t, text)}})
}

func body(t *testing.T, entry store.CatalogueEntry) map[string]any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal(entry.Body, &fields))
	return fields
}

func TestARowIsMadeChangedAndTakenAway(t *testing.T) {
	w := open(t)
	for family, text := range map[string]string{
		"channels":   `{"app_id":"app_1","id":"mock","position":7}`,
		"onboarding": `{"app_id":"app_1","channel":"mock","state":"reviewing","note":"papers"}`,
		"rollouts":   `{"feature":"channel","channel":"mock","state":"grey","basis_points":1000,"owner":"ada"}`,
		"surfaces":   `{"surface":"wechat","provider":"mockpay","product":"wap","works":false}`,
		"pay_limits": `{"app_id":"app_1","scope":"pair","per":"day","minor":500,"currency":"CNY"}`,
		"promotions": `{"app_id":"app_1","id":"tea","name_zh":"a","name_en":"b","sponsor":"merchant",
			"fixed_minor":100,"budget_minor":1000,"currency":"CNY","stack_group":"x",
			"since":"2026-05-01T00:00:00Z","until":"2026-06-01T00:00:00Z"}`,
		"kinds": `{"kind":"books","friend_pay":true}`,
		"breaker_rules": `{"app_id":"app_1","channel":"mock","errors":2,"window_seconds":60,"rest_seconds":5,
			"longest_seconds":60}`,
		"risk_rules": `{"app_id":"app_1","kind":"dear_strangers","window_seconds":60,"most":2,"times":5}`,
	} {
		made, err := w.wants(family, text)
		require.NoError(t, err, family)
		require.Len(t, made, 1, family)
		require.Equal(t, "staff:anna", made[0].Author)
		require.Equal(t, "ticket-1", made[0].Reason)
		again, err := w.wants(family, text)
		require.NoError(t, err)
		require.Empty(t, again, "%s: the same again is no change", family)

		rows, err := w.CatalogueRows(t.Context(), store.CatalogueFilter{Family: family, Key: made[0].Key})
		require.NoError(t, err)
		require.Equal(t, made, rows)
		if family == "channels" {
			continue // accounts and orders may hang on it; it is switched off instead
		}
		gone, err := w.ChangeRows(t.Context(), anna, []store.Change{
			{Family: family, Row: row(t, text), Away: true, Expected: &made[0].Version},
		})
		require.NoError(t, err, family)
		require.Nil(t, gone[0].Body)
		history, err := w.CatalogueHistory(t.Context(), store.CatalogueFilter{Family: family, Key: made[0].Key})
		require.NoError(t, err)
		require.Equal(t, []store.CatalogueEntry{gone[0], made[0]}, history)
		deeds, err := w.Deeds(t.Context(), family+"/"+made[0].Key)
		require.NoError(t, err)
		require.Equal(t, "take_row", deeds[len(deeds)-1].Act)
		_, err = w.ChangeRows(t.Context(), anna, []store.Change{{Family: family, Row: row(t, text), Away: true}})
		refused(t, err, models.NotFound, "unknown_row")
	}
}

func TestWhatIsNotNamedStaysOrFallsBack(t *testing.T) {
	w := open(t)
	const first = `{"feature":"friend_pay","state":"grey","basis_points":1000,"owner":"ada","allow":["b1"]}`
	_, err := w.wants("rollouts", first)
	require.NoError(t, err)
	less := row(t, `{"feature":"friend_pay","state":"full","owner":"ada"}`)
	stays, err := w.ChangeRows(t.Context(), anna, []store.Change{{Family: "rollouts", Row: less}})
	require.NoError(t, err)
	require.EqualValues(t, 1000, body(t, stays[0])["basis_points"])
	require.Equal(t, []any{"b1"}, body(t, stays[0])["allow"])
	falls, err := w.ChangeRows(t.Context(), anna, []store.Change{{Family: "rollouts", Row: less, Whole: true}})
	require.NoError(t, err)
	require.EqualValues(t, 0, body(t, falls[0])["basis_points"])
	require.Equal(t, []any{}, body(t, falls[0])["allow"])
}

func TestAWrongRowSaysWhichFieldAndWhatToDo(t *testing.T) {
	w := open(t)
	for _, wrong := range []struct{ family, row, field, reason string }{
		{"rollouts", `{"feature":"friend_pay","state":"gray","owner":"ada"}`, "state", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":"off"}`, "owner", "missing_field"},
		{"rollouts", `{"feature":"friend_pay","state":"off","owner":"a","percent":3}`, "percent", "unknown_field"},
		{"rollouts", `{"feature":"friend_pay","state":"off","owner":"a","Bad key":3}`, "row", "unknown_field"},
		{"rollouts", `{"feature":"friend_pay","state":"grey","owner":"a","basis_points":10001}`,
			"basis_points", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":"grey","owner":"a","basis_points":"10"}`,
			"basis_points", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":"grey","owner":"a","basis_points":4294967296}`,
			"basis_points", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":"off","owner":"a","killed":"yes"}`, "killed", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":"off","owner":"a","allow":"b1"}`, "allow", "bad_field"},
		{"rollouts", `{"feature":"friend_pay","state":null,"owner":"a"}`, "state", "bad_field"},
		{"rollouts", `{"state":"off","owner":"a"}`, "feature", "missing_field"},
		{"rollouts", `{"feature":"channel","channel":"wechta","state":"off","owner":"a"}`,
			"channel", "unknown_channel"},
		{"onboarding", `{"app_id":"app_2","channel":"","state":"none"}`, "app_id", "unknown_reference"},
		{"surfaces", `{"surface":"qq","works":true,"since":"yesterday"}`, "since", "bad_field"},
		{"surfaces", `{"surface":"qq","works":true,"fallback":"fax"}`, "fallback", "bad_field"},
		{"pay_limits", `{"app_id":"app_1","scope":"payer","per":"day","minor":0,"currency":"CNY"}`,
			"minor", "bad_field"},
		{"channels", `{"app_id":"app_1","id":"mock","account_id":"acc_9"}`, "account_id", "unknown_reference"},
		{"channels", `{"app_id":"app_1","id":"mock","min_minor":5,"max_minor":4}`, "max_minor", "bad_field"},
		{"kinds", `{"app_id":"app_9","kind":"books","friend_pay":true}`, "app_id", "unknown_reference"},
		{"breaker_rules", `{"errors":0}`, "errors", "bad_field"},
		{"breaker_rules", `{"errors":101}`, "errors", "bad_field"},
		{"breaker_rules", `{"window_seconds":3601}`, "window_seconds", "bad_field"},
		{"breaker_rules", `{"rest_seconds":0}`, "rest_seconds", "bad_field"},
		{"breaker_rules", `{"rest_seconds":301}`, "longest_seconds", "bad_field"},
		{"breaker_rules", `{"longest_seconds":86401}`, "longest_seconds", "bad_field"},
		{"breaker_rules", `{"channel":"mock","errors":3}`, "window_seconds", "missing_field"},
		{"breaker_rules", `{"app_id":"app_9","errors":3}`, "app_id", "unknown_reference"},
		{"breaker_rules", `{"channel":"mokc","errors":3}`, "channel", "unknown_channel"},
		{"risk_rules", `{"kind":"cats","window_seconds":60,"most":2}`, "kind", "bad_field"},
		{"risk_rules", `{"kind":"payer_velocity","window_seconds":2592001}`, "window_seconds", "bad_field"},
		{"risk_rules", `{"kind":"payer_velocity","most":-1}`, "most", "bad_field"},
		{"risk_rules", `{"kind":"payer_velocity","most":1000001}`, "most", "bad_field"},
		{"risk_rules", `{"kind":"payer_velocity","times":-1}`, "times", "bad_field"},
		{"risk_rules", `{"kind":"dear_strangers","times":0}`, "times", "bad_field"},
		{"risk_rules", `{"kind":"dear_strangers","times":1000001}`, "times", "bad_field"},
		{"orders", `{}`, "family", "unknown_family"},
	} {
		_, err := w.wants(wrong.family, wrong.row)
		said := refused(t, err, models.Invalid, wrong.reason)
		require.Equal(t, wrong.field, said.Field, wrong.row)
		require.NotEmpty(t, said.Fix, wrong.row)
	}
	_, err := w.ChangeRows(t.Context(), store.By{Actor: "staff:anna", Reason: " "}, nil)
	require.Equal(t, "reason", refused(t, err, models.Invalid, "missing_reason").Field)
	_, err = w.ChangeRows(t.Context(), store.By{Reason: "why"}, nil)
	refused(t, err, models.Invalid, "nobody")
}

func TestASlipOfThePenIsNotKept(t *testing.T) {
	w := open(t)
	long := strings.Repeat("茶", 65)
	const mock, kindly = `{"app_id":"app_1","id":"mock",`, `"friend_pay":true}`
	const made = `"provider":"mockpay","account_id":"acc_1","product":"wap","name_zh":"a","name_en":"b",
		"kind":"wallet","min_minor":1,"min_currency":"CNY","max_minor":9,"max_currency":"CNY"}`
	for _, wrong := range []struct{ family, row, field string }{
		{"channels", mock + `"kind":"walet"}`, "kind"},
		{"channels", mock + `"surfaces":["mobile","wechta"]}`, "surfaces"},
		{"channels", mock + `"surfaces":[""]}`, "surfaces"},
		{"channels", mock + `"name_zh":"` + long + `"}`, "name_zh"},
		{"channels", mock + `"name_en":" "}`, "name_en"},
		{"channels", mock + `"brand":"` + long + `"}`, "brand"},
		{"channels", mock + `"min_currency":"cny","max_currency":"cny"}`, "min_currency"},
		{"channels", mock + `"min_currency":"USD"}`, "max_minor"},
		{"channels", `{"app_id":"app_1","id":"a b",` + made, "id"},
		{"channels", `{"app_id":"app_1","id":"",` + made, "id"},
		{"channels", `{"app_id":"app_1","id":"a/b",` + made, "id"},
		{"onboarding", `{"app_id":"app_1","channel":"mock","surface":"wechta","state":"none"}`, "surface"},
		{"surfaces", `{"surface":"wechta","works":false}`, "surface"},
		{"surfaces", `{"surface":"wechat","works":true,"min_version":"8.x"}`, "min_version"},
		{"surfaces", `{"surface":"wechat","works":true,"min_version":"8..1"}`, "min_version"},
		{"rollouts", `{"feature":"friendpay","state":"off","owner":"a"}`, "feature"},
		{"rollouts", `{"feature":"channel","state":"off","owner":"a"}`, "channel"},
		{"rollouts", `{"feature":"friend_pay","channel":"mock","state":"off","owner":"a"}`, "channel"},
		{"kinds", `{"kind":"books","currency":"cny",` + kindly, "currency"},
	} {
		_, err := w.wants(wrong.family, wrong.row)
		said := refused(t, err, models.Invalid, "bad_field")
		require.Equal(t, wrong.field, said.Field, wrong.row)
		require.NotEmpty(t, said.Fix, wrong.row)
	}
	for _, right := range []struct{ family, row string }{
		{"channels", mock + `"kind":"debit","surfaces":["wechat_moments","unknown","wechat_group"]}`},
		{"channels", `{"app_id":"app_1","id":"Pay-2_x",` + made},
		{"onboarding", `{"app_id":"app_1","channel":"mock","surface":"","state":"none"}`},
		{"surfaces", `{"surface":"wechat_group","works":true,"min_version":"8.0.49"}`},
		{"rollouts", `{"feature":"channel","channel":"mock","state":"off","owner":"a"}`},
	} {
		_, err := w.wants(right.family, right.row)
		require.NoError(t, err, right.row)
	}
}

// strangers adds another merchant's app with an account, and one of ours at another provider.
func (w *world) strangers() {
	w.t.Helper()
	more := seed()
	more.Merchants = append(more.Merchants, store.Merchant{ID: "mer_2", Name: "Coffee House"})
	more.Apps = append(more.Apps, store.App{ID: "app_2", Merchant: "mer_2", Name: "X", DefaultExpirySeconds: 60})
	for _, a := range []store.Account{
		{ID: "acc_2", Provider: "mockpay", App: "app_2"}, {ID: "acc_3", Provider: "alipay", App: "app_1"},
	} {
		a.Settings, a.State = []byte(settings), "active"
		more.Accounts = append(more.Accounts, a)
	}
	require.NoError(w.t, w.Seed(w.t.Context(), more))
}

func TestMoneyGoesToNoStrangersAccount(t *testing.T) {
	w := open(t)
	w.strangers()
	for _, wrong := range []struct{ row, reason string }{
		{`{"app_id":"app_1","id":"mock","account_id":"acc_2"}`, "foreign_account"},
		{`{"app_id":"app_1","id":"mock","account_id":"acc_3"}`, "foreign_account"},
		{`{"app_id":"app_1","id":"mock","provider":"alipay"}`, "foreign_account"},
		{`{"app_id":"app_1","id":"mock","account_id":null}`, "missing_field"},
		{`{"app_id":"app_1","id":"code","account_id":"acc_2"}`, "foreign_account"},
	} {
		_, err := w.wants("channels", wrong.row)
		said := refused(t, err, models.Invalid, wrong.reason)
		require.Equal(t, "account_id", said.Field, wrong.row)
		require.NotEmpty(t, said.Fix)
	}
	for _, right := range []string{
		`{"app_id":"app_1","id":"mock","account_id":"acc_3","provider":"alipay"}`,
		`{"app_id":"app_1","id":"mock","account_id":null,"kind":"ask"}`,
	} {
		_, err := w.wants("channels", right)
		require.NoError(t, err, right)
	}
	require.NoError(t, w.exec("UPDATE channels SET account_id = 'acc_2', kind = 'wallet'"))
	_, err := w.wants("channels", `{"app_id":"app_1","id":"mock","position":3}`)
	refused(t, err, models.Invalid, "foreign_account")
	_, err = w.wants("channels", `{"app_id":"app_1","id":"mock","enabled":false}`)
	require.NoError(t, err, "what stands wrong can be switched off")
}

func TestARowThatSomebodyElseChangedIsAConflict(t *testing.T) {
	w := open(t)
	none := int64(0)
	change := store.Change{Family: "kinds", Row: row(t, `{"kind":"books","friend_pay":true}`), Expected: &none}
	made, err := w.ChangeRows(t.Context(), anna, []store.Change{change})
	require.NoError(t, err)
	_, err = w.ChangeRows(t.Context(), anna, []store.Change{change})
	refused(t, err, models.Conflict, "row_changed")

	change.Expected = &made[0].Version
	change.Row = row(t, `{"kind":"books","friend_pay":false}`)
	won := make([]error, 8)
	w.race(len(won), func(i int) { _, won[i] = w.ChangeRows(t.Context(), anna, []store.Change{change}) })
	winners := 0
	for _, err := range won {
		if err == nil {
			winners++
			continue
		}
		refused(t, err, models.Conflict, "row_changed")
	}
	require.Equal(t, 1, winners)
}

func TestChangesAreAllMadeOrNone(t *testing.T) {
	w := open(t)
	before, err := w.CatalogueVersion(t.Context())
	require.NoError(t, err)
	_, err = w.ChangeRows(t.Context(), anna, []store.Change{
		{Family: "kinds", Row: row(t, `{"kind":"books","friend_pay":true}`)},
		{Family: "kinds", Row: row(t, `{"kind":"films"}`)},
	})
	require.Equal(t, "friend_pay", refused(t, err, models.Invalid, "missing_field").Field)
	after, err := w.CatalogueVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
	deeds, err := w.Deeds(t.Context(), "kinds//books")
	require.NoError(t, err)
	require.Empty(t, deeds)
}
