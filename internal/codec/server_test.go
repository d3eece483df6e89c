package codec_test

import (
	"bytes"
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/token"
)

const ui = "https://temporal.example.com"

// desk is a codec server with colleagues.
type desk struct {
	*httptest.Server
	t      *testing.T
	tokens *token.Tokens
	log    *bytes.Buffer
}

func newDesk(t *testing.T) desk {
	t.Helper()
	keys := map[token.Audience][]token.Key{}
	for i, name := range []token.Audience{token.Buyer, token.Payer, token.Staff} {
		private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
		keys[name] = []token.Key{{ID: string(name), Private: private}}
	}
	tokens, err := token.New(token.Options{Issuer: "https://pay.example.com", Keys: keys, Now: time.Now})
	require.NoError(t, err)
	d := desk{t: t, tokens: tokens, log: &bytes.Buffer{}}
	d.Server = httptest.NewServer(codec.NewServer(codec.Options{
		Keys: vaultOf(t, "k1"), Staff: tokens.Staff, Origin: ui, Log: slog.New(slog.NewJSONHandler(d.log, nil)),
	}))
	t.Cleanup(d.Close)
	return d
}

func (d desk) staff(roles ...string) string {
	d.t.Helper()
	raw, _, err := d.tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "ada"}, Roles: roles,
	}, 0)
	require.NoError(d.t, err)
	return raw
}

// said is what a codec server answered.
type said struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
}

// call sends something as the Web UI's page or anybody's; headers are pairs.
func (d desk) call(method, path, body string, headers ...string) said {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), method, d.URL+path, strings.NewReader(body))
	require.NoError(d.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(d.t, err)
	defer answer.Body.Close()
	return said{answer.StatusCode, answer.Header, answer.Cookies()}
}

// The SDK's own client opens what the engine sealed, and only for colleagues of the role.
func TestColleaguesOpenHistories(t *testing.T) {
	d := newDesk(t)
	payload, err := sealed(t, "k1").DataConverter.ToPayload(canary)
	require.NoError(t, err)
	open := func(bearer string) ([]*common.Payload, error) {
		return converter.NewRemotePayloadCodec(converter.RemotePayloadCodecOptions{
			Endpoint: d.URL, ModifyRequest: func(r *http.Request) error {
				r.Header.Set("Authorization", "Bearer "+bearer)
				return nil
			},
		}).Decode([]*common.Payload{payload})
	}
	opened, err := open(d.staff("viewer", codec.Role))
	require.NoError(t, err)
	require.Contains(t, string(opened[0].GetData()), canary)
	require.Contains(t, d.log.String(), `"staff":"ada"`)
	require.NotContains(t, d.log.String(), canary)

	payer, _, err := d.tokens.SignPayer(token.PayerClaims{Request: "fpr_1", Invite: "inv_1"}, 0)
	require.NoError(t, err)
	for name, bearer := range map[string]string{
		"nobody": "", "garbage": "a.b.c", "a friend": payer, "a colleague without the role": d.staff("viewer"),
	} {
		_, err := open(bearer)
		require.Error(t, err, name)
	}
	require.Equal(t, http.StatusNotFound, d.call(http.MethodPost, "/encode", "{}",
		"Authorization", "Bearer "+d.staff(codec.Role)).status, "nobody has anything sealed here")
}

func TestAColleagueLogsInByHand(t *testing.T) {
	d := newDesk(t)
	form := func(raw string) string { return url.Values{"token": {raw}}.Encode() }
	const kind = "application/x-www-form-urlencoded"
	require.Equal(t, http.StatusOK, d.call(http.MethodGet, "/login", "").status)
	for _, raw := range []string{"", "a.b.c", d.staff("viewer")} {
		refused := d.call(http.MethodPost, "/login", form(raw), "Content-Type", kind)
		require.Equal(t, http.StatusForbidden, refused.status)
		require.Empty(t, refused.cookies)
	}
	in := d.call(http.MethodPost, "/login", form(d.staff(codec.Role)), "Content-Type", kind)
	require.Equal(t, ui, in.header.Get("Location"))
	cookie := in.cookies[0]
	require.True(t, cookie.Secure && cookie.HttpOnly && cookie.Path == "/" && cookie.Domain == "")
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	shown := d.call(http.MethodPost, "/decode", `{"payloads":[]}`,
		"Cookie", cookie.Name+"="+cookie.Value, "Origin", ui)
	require.Equal(t, http.StatusOK, shown.status)
}

func TestOnlyTheWebUIsPagesMayAsk(t *testing.T) {
	d := newDesk(t)
	bearer := []string{"Authorization", "Bearer " + d.staff(codec.Role)}
	before := d.call(http.MethodOptions, "/decode", "", "Origin", ui, "Access-Control-Request-Method", "POST")
	require.Equal(t, http.StatusNoContent, before.status)
	require.Equal(t, ui, before.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", before.header.Get("Access-Control-Allow-Credentials"))
	require.Contains(t, before.header.Get("Access-Control-Allow-Headers"), "Authorization")
	for _, origin := range []string{
		"https://evil.example", "null", ui + ".evil.example", "http://temporal.example.com", ui + ":8443",
	} {
		foreign := d.call(http.MethodPost, "/decode", `{"payloads":[]}`, append(bearer, "Origin", origin)...)
		require.Equal(t, http.StatusForbidden, foreign.status, origin)
		require.Empty(t, foreign.header.Get("Access-Control-Allow-Origin"), origin)
		preflight := d.call(http.MethodOptions, "/decode", "", "Origin", origin)
		require.Empty(t, preflight.header.Get("Access-Control-Allow-Origin"), origin)
		require.Equal(t, "no-store", preflight.header.Get("Cache-Control"))
	}
}

func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	d := newDesk(t)
	bearer := "Bearer " + d.staff(codec.Role)
	large := d.call(http.MethodPost, "/decode", strings.Repeat(" ", 9<<20), "Authorization", bearer)
	require.Equal(t, http.StatusBadRequest, large.status)
}
