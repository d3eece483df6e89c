package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/accounts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// seal is a provider as the callbacks see one: HMAC over event, time and raw body.
// That mockpay's own adapter is as strict, its conformance suite shows.
type seal struct {
	providers.Adapter
	Merchant, Secret string
}

func sealed(settings []byte, _ *http.Client) (providers.Adapter, error) {
	s := &seal{}
	return s, json.Unmarshal(settings, s)
}

func (s *seal) ParseNotice(h http.Header, body []byte, now time.Time) (providers.Notice, error) {
	stamp, err := strconv.ParseInt(h.Get("Time"), 10, 64)
	want := signature(s.Secret, h.Get("Event"), h.Get("Time"), string(body))
	if err != nil || h.Get("Signature") != want || now.Sub(time.Unix(stamp, 0)).Abs() > 5*time.Minute {
		return providers.Notice{}, providers.ErrForged
	}
	var said struct{ Merchant, Kind, Number string }
	if err := json.Unmarshal(body, &said); err != nil || said.Merchant != s.Merchant {
		return providers.Notice{}, providers.ErrForged
	}
	kind := providers.NoticeKind(said.Kind)
	return providers.Notice{Key: h.Get("Event"), Kind: kind, Number: said.Number}, nil
}

func (s *seal) Ack(bool) providers.Ack {
	return providers.Ack{Status: http.StatusOK, ContentType: "text/plain", Body: "OK"}
}

func signature(secret string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// bank is a world whose merchants have accounts at a provider.
type bank struct{ *world }

func newBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{newWorld(t, func(d *Deps) {
		registry := providers.NewRegistry(map[string]providers.Factory{"mockpay": sealed}, nil)
		d.Accounts = accounts.New(d.Store.(*store.Store), registry, time.Now)
	})}
	data := seed()
	data.Accounts = nil
	for id, settings := range map[string]string{
		"acc_tea": `{"Merchant":"m","Secret":"c"}`, "acc_two": `{"Merchant":"m2","Secret":"c2"}`,
	} {
		data.Accounts = append(data.Accounts, store.Account{
			ID: id, Provider: "mockpay", App: "app_tea", Settings: []byte(settings), State: store.AccountActive,
		})
	}
	require.NoError(t, b.store.Seed(t.Context(), data))
	return b
}

// callback is one delivery, signed as the provider would.
type callback struct {
	account, event, body string
	at                   time.Time
	secret               string
}

func captureNotice() callback {
	return callback{
		account: "acc_tea", event: "evt_" + mint.Number(), at: time.Now(), secret: "c",
		body: `{"merchant":"m","kind":"payment","number":"` + mint.Number() + `"}`,
	}
}

func (c callback) headers() []string {
	stamp := strconv.FormatInt(c.at.Unix(), 10)
	return []string{"Event", c.event, "Time", stamp, "Signature", signature(c.secret, c.event, stamp, c.body)}
}

func (b *bank) deliver(c callback, headers ...string) answer {
	b.t.Helper()
	if headers == nil {
		headers = c.headers()
	}
	return b.call(post, "/v1/callbacks/mockpay/"+c.account, "", c.body, headers...)
}

// stored counts the inbox and the refused ones.
func (b *bank) stored() (events, refused int) {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.dsn)
	require.NoError(b.t, err)
	const count = `SELECT (SELECT count(*) FROM provider_events),
		(SELECT coalesce(sum(count), 0) FROM refused_callbacks)`
	require.NoError(b.t, conn.QueryRow(b.t.Context(), count).Scan(&events, &refused))
	require.NoError(b.t, conn.Close(b.t.Context()))
	return events, refused
}

func TestAGenuineCallbackIsStoredThenAcknowledged(t *testing.T) {
	b := newBank(t)
	b.door.fail = errors.New("nobody may ask the engine")
	c := captureNotice()
	for range 3 {
		got := b.deliver(c)
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Equal(t, "OK", got.Body.String())
		require.Equal(t, "text/plain", got.Header().Get("Content-Type"))
	}
	events, refused := b.stored()
	require.Equal(t, 1, events, "three deliveries are one event")
	require.Zero(t, refused)
	require.Empty(t, b.door.seen)
	taken, err := b.store.TakeEvents(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, taken, 1)
	require.Equal(t, c.event, taken[0].Key)
	require.Equal(t, c.body, string(taken[0].Raw), "as it came, byte for byte")
}

func TestAnUnknownNumberIsStoredToo(t *testing.T) {
	b := newBank(t)
	require.Equal(t, http.StatusOK, b.deliver(captureNotice()).Code)
	events, _ := b.stored()
	require.Equal(t, 1, events, "the relay makes a case of it")
}

func TestAnotherBodyUnderAKnownKeyIsKeptApart(t *testing.T) {
	b := newBank(t)
	first := captureNotice()
	require.Equal(t, http.StatusOK, b.deliver(first).Code)
	second := first
	second.body = strings.Replace(first.body, `"m"`, `"m" `, 1)
	require.Equal(t, http.StatusOK, b.deliver(second).Code)
	events, _ := b.stored()
	require.Equal(t, 1, events)
	require.Contains(t, b.log.String(), "callback with another body under a known key")
}

func TestAPingIsAcknowledgedAndForgotten(t *testing.T) {
	b := newBank(t)
	c := captureNotice()
	c.body = `{"merchant":"m","kind":"probe"}`
	require.Equal(t, http.StatusOK, b.deliver(c).Code)
	events, refused := b.stored()
	require.Zero(t, events+refused)
}

func TestWhatDoesNotVerifyLeavesACountOnly(t *testing.T) {
	b := newBank(t)
	genuine := captureNotice()
	signed := genuine.headers()
	with := func(change func(*callback)) callback {
		c := genuine
		change(&c)
		return c
	}
	forgeries := map[string]struct {
		callback
		headers []string
	}{
		"no signature":        {genuine, []string{"X-Nothing", "1"}},
		"cut signature":       {genuine, append(append([]string{}, signed[:5]...), signed[5][:32])},
		"tampered body":       {with(func(c *callback) { c.body = strings.ToUpper(c.body) }), signed},
		"truncated body":      {with(func(c *callback) { c.body = c.body[:len(c.body)/2] }), signed},
		"a space more":        {with(func(c *callback) { c.body += " " }), signed},
		"no body":             {with(func(c *callback) { c.body = "" }), signed},
		"wrong key":           {callback: with(func(c *callback) { c.secret = "guess" })},
		"stale":               {callback: with(func(c *callback) { c.at = c.at.Add(-time.Hour) })},
		"from the future":     {callback: with(func(c *callback) { c.at = c.at.Add(time.Hour) })},
		"to another account":  {with(func(c *callback) { c.account = "acc_two" }), signed},
		"of another merchant": {callback: with(func(c *callback) { c.account, c.secret = "acc_two", "c2" })},
	}
	for name, forged := range forgeries {
		got := b.deliver(forged.callback, forged.headers...)
		require.Equal(t, http.StatusUnauthorized, got.Code, name)
		require.Equal(t, "callback_refused", got.text("reason"), name)
	}
	events, refused := b.stored()
	require.Zero(t, events)
	require.Equal(t, len(forgeries), refused)
	require.Equal(t, http.StatusOK, b.deliver(genuine).Code, "and none of it spoiled the genuine one")
}

func TestUnknownAccountsAndLargeBodiesAreRefused(t *testing.T) {
	b := newBank(t)
	c := captureNotice()
	for _, path := range []string{"/v1/callbacks/mockpay/acc_none", "/v1/callbacks/otherpay/acc_tea"} {
		require.Equal(t, http.StatusNotFound, b.call(post, path, "", c.body, c.headers()...).Code, path)
	}
	c.body = `{"pad":"` + strings.Repeat("x", maxBody) + `"}`
	require.Equal(t, http.StatusRequestEntityTooLarge, b.deliver(c).Code)
	events, refused := b.stored()
	require.Zero(t, events+refused)
}

// deaf is a store that cannot keep events.
type deaf struct {
	Store
	err error
}

func (d deaf) KeepEvent(ctx context.Context, _ store.ProviderEvent) (store.Kept, error) {
	if d.err == nil {
		<-ctx.Done()
		return store.Kept{}, ctx.Err()
	}
	return store.Kept{}, d.err
}

func TestWhatCannotBeStoredIsNotAcknowledged(t *testing.T) {
	b := newBank(t)
	rows := b.server.Store
	for name, err := range map[string]error{
		"down": models.Refuse(models.Unavailable, "database_down", "Later."), "broken": errors.New("no disk"),
	} {
		b.server.Store = deaf{rows, err}
		got := b.deliver(captureNotice())
		require.Equal(t, http.StatusServiceUnavailable, got.Code, name)
		require.NotEmpty(t, got.Header().Get("Retry-After"), name)
		require.Equal(t, "not_stored", got.text("reason"), name)
	}
	b.server.Store = rows
	events, _ := b.stored()
	require.Zero(t, events)
}

func TestAHangingDatabaseDoesNotHoldTheProvider(t *testing.T) {
	b := newBank(t)
	b.server.Store = deaf{b.server.Store, nil}
	started := time.Now()
	got := b.deliver(captureNotice())
	require.Equal(t, http.StatusServiceUnavailable, got.Code)
	require.NotEmpty(t, got.Header().Get("Retry-After"))
	require.Less(t, time.Since(started), 5*time.Second, "providers give up then")
}
