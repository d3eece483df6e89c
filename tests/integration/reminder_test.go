package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// comes places a request, and lets a friend open it and log in. The answer is the request's id.
func (e *errand) comes(number, agent string, logIn func(channel string)) string {
	e.cookies, e.agent = map[string]string{}, agent
	placed := e.merchant(http.MethodPost, "/v1/requests", `{"order":{"app":"app_demo","number":"`+number+`",
		"title":"Tea","kind":"physical","price_version":1,"payable":{"minor":12900,"currency":"CNY"},
		"buyer":{"id":"b-1","name":"小明"},"items":[{"title":"Tea","quantity":1,
		"price":{"minor":12900,"currency":"CNY"}}]}}`)
	address := placed["link"].(map[string]any)["url"].(string)
	secret := address[strings.LastIndex(address, "/")+1:]
	e.call(http.MethodPost, "/f/"+secret, "")
	logIn("wechatpay_jsapi")
	return placed["id"].(string)
}

// pledges says that the friend will pay in a moment.
func (e *errand) pledges(in time.Duration) {
	at, err := json.Marshal(map[string]time.Time{"at": time.Now().Add(in)})
	require.NoError(e.t, err)
	e.call(http.MethodPost, "/v1/link/pledge", string(at))
}

// told counts the messages of a kind that a simulator took.
func (e *errand) told(path, template string) int {
	answer := e.send(http.MethodGet, e.house.SimURL+path, "", nil)
	return bytes.Count(answer.body, []byte(`"template":"`+template+`"`))
}

// isTold waits until a simulator has taken a message of a kind.
func (e *errand) isTold(path, template string) {
	e.t.Helper()
	told := func() bool { return e.told(path, template) > 0 }
	require.Eventually(e.t, told, 20*time.Second, 50*time.Millisecond)
}

// judged waits until the pledge of a request was judged.
func (e *errand) judged(request string) {
	e.t.Helper()
	rows, err := pgx.Connect(e.t.Context(), e.house.Env["DATABASE_URL"])
	require.NoError(e.t, err)
	defer func() { require.NoError(e.t, rows.Close(context.WithoutCancel(e.t.Context()))) }()
	require.Eventually(e.t, func() bool {
		var open int
		row := rows.QueryRow(e.t.Context(), `SELECT count(*) FROM reminder_dues
			WHERE request_id = $1 AND kind = 'reminder_pledge' AND done_at IS NULL`, request)
		return row.Scan(&open) == nil && open == 0
	}, 20*time.Second, 50*time.Millisecond)
}

// A friend by text and one in WeChat say when they will pay; the workers are gone at that time, and two come
// back. Each is reminded once. Who has paid before is not.
func TestAPledgeIsRemindedOfOnce(t *testing.T) {
	log, all := &diary{}, &slog.HandlerOptions{Level: slog.LevelDebug}
	house, err := local.Start(t.Context(), local.Options{
		Speed: 60, Volatile: true, Log: slog.New(slog.NewJSONHandler(log, all)),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, house.Close()) })
	work := func() { require.NoError(t, house.StartWorker(context.WithoutCancel(t.Context()))) }
	work()
	e := &errand{t: t, house: house, canaries: hoard{"phone": canaryPhone, "openid": canaryOpenID}}
	const texts, templates = "/sim/sms?to=" + canaryPhone, "/sim/wechatpay/messages?openid=" + canaryOpenID

	first := e.comes("r-1", "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0", e.logInByPhone)
	e.pledges(2 * time.Second)
	require.NoError(t, house.StopWorker())
	due := time.Now().Add(2 * time.Second)
	require.Eventually(t, func() bool { return time.Now().After(due) }, 5*time.Second, 20*time.Millisecond)
	require.Zero(t, e.told(texts, "request.reminder_pledge"))
	second, err := house.Parts.Worker()
	require.NoError(t, err)
	require.NoError(t, second.Start(context.WithoutCancel(t.Context())))
	work()
	e.judged(first)
	e.isTold(texts, "request.reminder_pledge")
	require.NoError(t, second.Stop())

	wechat := e.comes("r-2", "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60", e.logInSilently)
	e.pledges(time.Second)
	e.judged(wechat)
	e.isTold(templates, "request.reminder_pledge")

	paid := e.comes("r-3", "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60", e.logInSilently)
	e.pledges(3 * time.Second)
	e.press("wechatpay_jsapi", e.call(http.MethodPost, "/v1/link/attempts", `{"channel":"wechatpay_jsapi",
		"quote":{"minor":12900,"currency":"CNY","price_version":1}}`))
	e.wait(paid, func(shown map[string]any) bool { return shown["state"] == "settled" })
	e.judged(paid)
	require.Equal(t, 1, e.told(texts, "request.reminder_pledge"), "once, over a restart and two workers")
	require.Equal(t, 1, e.told(templates, "request.reminder_pledge"), "and none to who had paid")
	require.Contains(t, log.String(), "reminder judged")
	require.Empty(t, e.canaries.in(log.String()), "in the log")
}
