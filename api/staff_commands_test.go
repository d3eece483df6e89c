package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// command gives one as a role, under a fresh key.
func (w *world) command(role, path, body string) answer {
	w.t.Helper()
	return w.call(http.MethodPost, "/v1/staff/"+path, w.as(role), body, keyHeader, mint.Number())
}

func TestStaffGiveCommands(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	hold := `{"command":"hold","reason":"ticket 7"%s}`
	path := "requests/" + id + "/commands"
	trial := w.call(http.MethodPost, "/v1/staff/"+path, w.as("supervisor"), fmt.Sprintf(hold, `,"dry_run":true`))
	require.Equal(t, http.StatusOK, trial.Code, trial.Body)
	require.Contains(t, trial.text("preview", "summary"), id)
	keyless := w.call(http.MethodPost, "/v1/staff/"+path, w.as("supervisor"), fmt.Sprintf(hold, ""))
	require.Equal(t, "missing_key", keyless.text("reason"), keyless.Body)
	refused := w.command("agent", path, fmt.Sprintf(hold, ""))
	require.Equal(t, http.StatusForbidden, refused.Code)
	require.Contains(t, refused.text("fix"), "supervisor")

	given := w.command("supervisor", path, fmt.Sprintf(hold, ""))
	require.Equal(t, http.StatusAccepted, given.Code, given.Body)
	command := given.text("command", "id")
	shown := w.call(http.MethodGet, "/v1/staff/commands/"+command, w.as("viewer"), "")
	require.Equal(t, "queued", shown.text("command", "state"), shown.Body)
	require.Equal(t, "staff:ada", shown.text("command", "by"), "who it was comes from the token")
	for path, want := range map[string]int{
		"?request=" + id: 1, "?by=staff:ada&state=queued": 1, "?by=staff:eve": 0, "?state=done": 0,
	} {
		listed := w.call(http.MethodGet, "/v1/staff/commands"+path, w.as("viewer"), "")
		require.Len(t, listed.field("commands"), want, path)
	}
	offers := w.call(http.MethodGet, "/v1/staff/requests/"+id+"/offers", w.as("agent"), "")
	require.NotEmpty(t, offers.field("offers"), offers.Body)
}

func TestManyAtOnceAreEachForItself(t *testing.T) {
	w := newWorld(t)
	body := `{"command":"cancel","reason":"ticket 7","subjects":["` + w.place() + `","fpr_none"]%s}`
	for _, more := range []string{`,"dry_run":true`, ""} {
		done := w.command("agent", "commands/bulk", fmt.Sprintf(body, more))
		require.Equal(t, http.StatusOK, done.Code, done.Body)
		lines := done.field("lines").([]any)
		require.Len(t, lines, 2)
		require.Nil(t, lines[0].(map[string]any)["refused"], done.Body)
		require.Equal(t, "unknown_request", lines[1].(map[string]any)["refused"].(map[string]any)["reason"])
	}
	listed := w.call(http.MethodGet, "/v1/staff/commands", w.as("viewer"), "")
	require.Len(t, listed.field("commands"), 1)
}

// A phone is in one answer only: in no row, no second answer and no log.
func TestAPhoneIsShownOnce(t *testing.T) {
	const phone = "13812345678"
	w := newWorld(t)
	id := w.place()
	payer, err := w.store.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	r, err := w.store.Request(t.Context(), id)
	require.NoError(t, err)
	number := mint.Number()
	_, err = w.door.Deliver(t.Context(), id, number, models.Event{Kind: models.PayAsked, Attempt: number,
		Pay: &models.Pay{Number: number, Payer: payer.ID, Channel: "mock", Provider: "mockpay", Account: "acc_tea",
			Product: "wap", Quoted: r.Payable, PriceVersion: r.PriceVersion}})
	require.NoError(t, err)
	key := mint.Number()
	ask := func() answer {
		return w.call(http.MethodPost, "/v1/staff/commands", w.as("agent"),
			`{"command":"reveal","subject":"`+number+`","reason":"ticket 7"}`, keyHeader, key)
	}
	first, again := ask(), ask()
	require.Equal(t, phone, first.text("command", "shown"), first.Body)
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	require.NotContains(t, again.Body.String(), phone)
	require.NotContains(t, w.log.String(), phone)
	deeds, err := w.store.Deeds(t.Context(), number)
	require.NoError(t, err)
	require.Len(t, deeds, 1)
	require.NotContains(t, fmt.Sprint(deeds), phone)
	kept, err := w.store.Commands(t.Context(), store.CommandFilter{Request: id})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(kept), phone)
}

func TestACaseIsWorkedOn(t *testing.T) {
	w := newWorld(t)
	opened, err := w.store.OpenCase(t.Context(), store.Case{Request: w.place(), Kind: models.CaseSilence})
	require.NoError(t, err)
	for _, do := range []string{
		`"case_take"`, `"case_note","args":{"words":"asked the provider"}`,
	} {
		done := w.command("agent", "commands", `{"command":`+do+`,"subject":"`+opened.ID+`","reason":"ticket 7"}`)
		require.Equal(t, http.StatusOK, done.Code, done.Body)
	}
	mine := w.call(http.MethodGet, "/v1/staff/cases?owner=staff:ada", w.as("viewer"), "")
	require.Len(t, mine.field("cases"), 1)
	shown := w.call(http.MethodGet, "/v1/staff/cases/"+opened.ID, w.as("viewer"), "")
	require.Equal(t, "asked the provider", shown.field("notes").([]any)[0].(map[string]any)["words"])
}
