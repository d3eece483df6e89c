package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// as is a token of ada's with these roles.
func (w *world) as(roles ...string) string { return w.staffToken(w.server.Tokens, roles...) }

// changeAs posts a change of a family and returns the answer.
func (w *world) changeAs(token, family, row string, version int64, more string) answer {
	w.t.Helper()
	body := fmt.Sprintf(`{"row":%s,"reason":"ticket 7","expected_version":%d%s}`, row, version, more)
	return w.create("/v1/staff/"+family, token, body)
}

// version is the newest of a family's row; 0 when there is none.
func (w *world) version(family, key string) int64 {
	w.t.Helper()
	rows, err := w.store.CatalogueRows(w.t.Context(), store.CatalogueFilter{Family: family, Key: key})
	require.NoError(w.t, err)
	if len(rows) == 0 {
		return 0
	}
	return rows[0].Version
}

func TestACatalogueIsReadByEveryRoleAndChangedByOperators(t *testing.T) {
	w := newWorld(t)
	for _, family := range []string{
		"breaker_rules", "channels", "kinds", "limits", "onboarding", "promotions", "risk_rules", "rollouts",
		"surfaces",
	} {
		got := w.call(http.MethodGet, "/v1/staff/"+family+"?app=app_tea", w.as("viewer"), "")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
	}
	listed := w.call(http.MethodGet, "/v1/staff/channels?app=app_tea", w.as("viewer"), "")
	channels := listed.field("rows").([]any)
	require.Len(t, channels, 2)
	require.Equal(t, "app_tea/mock", channels[0].(map[string]any)["key"])

	row := `{"kind":"books","friend_pay":true}`
	refused := w.changeAs(w.as("viewer"), "kinds", row, 0, "")
	require.Equal(t, http.StatusForbidden, refused.Code)
	require.Equal(t, "operators_only", refused.text("reason"))
	require.Zero(t, w.version("kinds", "/books"))

	made := w.changeAs(w.as("operator"), "kinds", row, 0, "")
	require.Equal(t, http.StatusOK, made.Code, made.Body)
	require.Equal(t, true, made.field("saved"))
	line := made.field("rows").([]any)[0].(map[string]any)
	require.Equal(t, "staff:ada", line["author"], "who it was comes from the token")
	require.Equal(t, "ticket 7", line["reason"])
	deeds, err := w.store.Deeds(t.Context(), "kinds//books")
	require.NoError(t, err)
	require.Len(t, deeds, 1)

	taken := w.create("/v1/staff/kinds/take-away", w.as("operator"), fmt.Sprintf(
		`{"key":"/books","reason":"a mistake","expected_version":%d}`, w.version("kinds", "/books")))
	require.Equal(t, http.StatusOK, taken.Code, taken.Body)
	require.Zero(t, w.version("kinds", "/books"))
	history := w.call(http.MethodGet, "/v1/staff/kinds/history?key=/books", w.as("viewer"), "")
	require.Len(t, history.field("rows"), 2)
	gone := w.create("/v1/staff/kinds/take-away", w.as("operator"),
		`{"key":"/books","reason":"again","expected_version":1}`)
	require.Equal(t, http.StatusNotFound, gone.Code)
}

// What no decision looks at is changed like the rest, and decides nothing otherwise.
func TestThresholdsAreChangedLikeOtherRows(t *testing.T) {
	w := newWorld(t)
	token := w.as("operator")
	seen := w.version("breaker_rules", "/")
	require.NotZero(t, seen, "the rule for all is in the history")
	made := w.changeAs(token, "breaker_rules", `{"errors":3}`, seen, "")
	require.Equal(t, http.StatusOK, made.Code, made.Body)
	row := made.field("rows").([]any)[0].(map[string]any)["row"].(map[string]any)
	require.Equal(t, []any{3.0, 60.0}, []any{row["errors"], row["window_seconds"]}, "what is not named stays")
	require.Zero(t, made.field("effect", "changed"))
	wrong := w.changeAs(token, "risk_rules", `{"kind":"payer_velocity","most":1000001}`,
		w.version("risk_rules", "/payer_velocity"), "")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Code, wrong.Body)
	require.Equal(t, "most", wrong.text("field"))
	require.Contains(t, wrong.text("fix"), "1000000")
}

func TestAWrongChangeSaysWhy(t *testing.T) {
	w := newWorld(t)
	for _, wrong := range []struct {
		family, row string
		version     int64
		status      int
		reason      string
		field       string
	}{
		{"rollouts", `{"feature":"friend_pay","state":"gray","owner":"a"}`, 0, 422, "bad_field", "state"},
		{"rollouts", `{"feature":"friend_pay","percent":10}`, 0, 422, "unknown_field", "percent"},
		{"limits", `{"app_id":"app_tea","scope":"payer","per":"day"}`, 0, 422, "missing_field", "minor"},
		{"channels", `{"app_id":"app_tea","id":"mock","position":3}`, 9999, 409, "row_changed", "expected_version"},
		{"cats", `{}`, 0, 422, "invalid_input", "path.family"},
	} {
		got := w.changeAs(w.as("operator"), wrong.family, wrong.row, wrong.version, "")
		require.Equal(t, wrong.status, got.Code, got.Body)
		require.Equal(t, wrong.reason, got.text("reason"), got.Body)
		require.Equal(t, wrong.field, got.text("field"), got.Body)
	}
}

func TestAChangeShowsItsEffectAndStrandsNobodyByMistake(t *testing.T) {
	w := newWorld(t)
	id, row := w.place(), `{"app_id":"app_tea","id":"mock","enabled":false}`
	before := w.version("channels", "app_tea/mock")
	tried := w.changeAs(w.as("operator"), "channels", row, before, `,"dry_run":true`)
	require.Equal(t, http.StatusOK, tried.Code, tried.Body)
	require.Equal(t, false, tried.field("saved"))
	require.Equal(t, []any{id}, tried.field("effect", "stranded"))
	require.EqualValues(t, 1, tried.field("effect", "lost", "mock"))
	example := tried.field("effect", "examples").([]any)[0].(map[string]any)
	require.Equal(t, "channel_disabled", example["lost"].([]any)[0].(map[string]any)["rule"])
	require.Equal(t, before, w.version("channels", "app_tea/mock"), "a trial saves nothing")

	meant := w.changeAs(w.as("operator"), "channels", row, before, "")
	require.Equal(t, http.StatusConflict, meant.Code, meant.Body)
	require.Equal(t, "strands_requests", meant.text("reason"))
	require.Contains(t, meant.text("detail"), id)
	require.Equal(t, before, w.version("channels", "app_tea/mock"))

	forced := w.changeAs(w.as("operator"), "channels", row, before, `,"force":true`)
	require.Equal(t, http.StatusOK, forced.Code, forced.Body)
	require.Equal(t, true, forced.field("saved"))
	require.Equal(t, tried.field("effect"), forced.field("effect"), "it does what it showed")
	asked := w.call(http.MethodPost, "/v1/eligibility", teaKey, `{"order":`+orderBody("A1")+`}`)
	require.Equal(t, "disabled", asked.text("state"))
}

// kept lists the sides and surfaces of what is kept about a request.
func (w *world) kept(id string) (sides []string) {
	w.t.Helper()
	got := w.call(http.MethodGet, "/v1/staff/requests/"+id+"/decisions", w.as("viewer"), "")
	require.Equal(w.t, http.StatusOK, got.Code, got.Body)
	for _, one := range got.field("decisions").([]any) {
		sides = append(sides, one.(map[string]any)["side"].(string))
	}
	return sides
}

func TestWhatAPostTellsIsKeptAndWhatAGetShowsIsNot(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	require.Equal(t, []string{"buyer"}, f.kept(id))
	v := &visitor{friends: f}
	secret := f.secret(id)
	v.get("/f/" + secret)
	require.Equal(t, []string{"buyer"}, f.kept(id), "a GET keeps nothing")
	v.post("/f/"+secret, "channel", "mock")
	require.Equal(t, []string{"friend", "buyer"}, f.kept(id))
	v.get("/pay")
	v.get("/v1/link")
	for range 3 {
		v.post("/f/"+secret, "channel", "mock")
	}
	require.Equal(t, []string{"friend", "buyer"}, f.kept(id), "the same again is not kept again")
	v.logIn("13800138000")
	v.pay()
	require.NotEmpty(t, f.kept(id))

	request, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	ofOrder := f.call(http.MethodGet, "/v1/staff/orders/"+request.Order+"/decisions", f.as("viewer"), "")
	require.Equal(t, http.StatusOK, ofOrder.Code, ofOrder.Body)
	require.Len(t, ofOrder.field("decisions"), len(f.kept(id)))
	for _, personal := range []string{"王小明", "13800138000", secret} {
		require.NotContains(t, ofOrder.Body.String(), personal)
	}
	asked := f.call(http.MethodPost, "/v1/eligibility", teaKey, `{"order":`+orderBody("A2")+`}`)
	require.Equal(t, http.StatusOK, asked.Code, "an order that is not registered leaves nothing")
	unknown := f.call(http.MethodGet, "/v1/staff/requests/fpr_9/decisions", f.as("viewer"), "")
	require.Equal(t, string(models.NotFound), unknown.text("code"))
}

// newest is what was told last about a request: to whom, and with how many ways to pay.
func (w *world) newest(id string) (payer string, ways int) {
	w.t.Helper()
	got := w.call(http.MethodGet, "/v1/staff/requests/"+id+"/decisions", w.as("viewer"), "")
	last := got.field("decisions").([]any)[0].(map[string]any)
	payer, _ = last["payer_id"].(string)
	return payer, len(last["outcome"].(map[string]any)["channels"].([]any))
}

// Each way to log in says what may be paid with, so what it says is kept; a catalogue that
// changed meanwhile makes it something new.
func TestWhatALoginTellsIsKept(t *testing.T) {
	for name, logIn := range map[string]func(*friends, *visitor) answer{
		"page": func(_ *friends, v *visitor) answer {
			return v.post("/pay/login", "phone", v.phone, "code", v.sms.codes[v.phone])
		},
		"api": func(_ *friends, v *visitor) answer {
			code := v.sms.codes[v.phone]
			return v.json(post, "/v1/link/login", `{"phone":"`+v.phone+`","code":"`+code+`"}`)
		},
		"voucher": func(f *friends, v *visitor) answer {
			made := f.call(post, "/v1/payer-tokens", teaKey, `{"app":"app_tea","person":"p1"}`)
			return v.json(post, "/v1/link/login/voucher", `{"token":"`+made.text("token")+`"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFriends(t)
			id := f.place()
			v := f.visit(id)
			v.phone = "13800138000"
			require.Equal(t, http.StatusSeeOther, v.post("/pay/code", "phone", v.phone).Code)
			payer, ways := f.newest(id)
			require.Equal(t, 1, ways)
			require.Empty(t, payer)
			f.exec("UPDATE channels SET max_minor = 5000000 WHERE id = 'small'")
			got := logIn(f, v)
			require.Less(t, got.Code, http.StatusBadRequest, got.Body)
			payer, ways = f.newest(id)
			require.Equal(t, 2, ways)
			require.Equal(t, v.payerOf(), payer, "so that it goes with him")
		})
	}
}

func TestWhatARefusedLoginTellsIsKept(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id)
	f.exec("UPDATE channels SET max_minor = 5000000 WHERE id = 'small'")
	require.Equal(t, http.StatusUnprocessableEntity, v.post("/pay/login", "phone", "1", "code", "1").Code)
	_, ways := f.newest(id)
	require.Equal(t, 2, ways, "the page lists them again")
	f.exec("UPDATE channels SET enabled = false WHERE id = 'small'")
	v.json(post, "/v1/link/login/provider", `{"channel":"small"}`)
	_, ways = f.newest(id)
	require.Equal(t, 1, ways)
}

func TestRowsComeInPages(t *testing.T) {
	w := newWorld(t)
	var keys []any
	for path := "/v1/staff/kinds?limit=2"; path != ""; {
		page := w.call(http.MethodGet, path, w.as("viewer"), "")
		require.Equal(t, http.StatusOK, page.Code, page.Body)
		for _, one := range page.field("rows").([]any) {
			keys = append(keys, one.(map[string]any)["key"])
		}
		if path = ""; page.text("next") != "" {
			require.Len(t, page.field("rows"), 2)
			path = "/v1/staff/kinds?limit=2&after=" + page.text("next")
		}
	}
	require.Equal(t, []any{"/cross_border", "/top_up", "/virtual"}, keys)
}

func TestATokenForHistoriesOpensNothingHere(t *testing.T) {
	w := newWorld(t)
	for role, status := range map[string]int{
		"history_reader": 401, "boss": 401, "viewer": 200, "agent": 200, "supervisor": 200, "operator": 200,
	} {
		require.Equal(t, status, w.call(http.MethodGet, "/v1/staff/kinds", w.as(role), "").Code, role)
	}
}
