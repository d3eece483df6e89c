package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// What people and merchants write, as somebody who means ill would.
const (
	canaryPhone  = "13912345678"
	canaryName   = "钱佩芳"
	canaryOpenid = "oCANARYopenid0001"
	canaryCard   = "6222021234567890128"
	attack       = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	formula      = `=HYPERLINK("https://evil.example","x")`
	canaryTitle  = "Tea " + canaryCard + attack
	canaryLabel  = "Auntie " + canaryCard
	canarySecret = "whsec_Q0FOQVJZY2FuYXJ5Q0FOQVJZ"
	canaryKey    = "CANARYPRIVATEKEY0001"
)

// gossip is a request with everything in it that nobody of us needs to see.
type gossip struct {
	*office
	id, number, refund, kase, command, delivery string
	canaries                                    map[string]string
}

func newGossip(t *testing.T) *gossip {
	t.Helper()
	g := &gossip{office: newOffice(t)}
	ctx := t.Context()
	placed := g.create("/v1/requests", teaKey, fmt.Sprintf(`{"order":{"app":"app_tea","number":"N1","title":%q,
		"payable":{"minor":12900,"currency":"CNY"},"price_version":1,"kind":"physical",
		"buyer":{"id":"buyer-CANARY","name":%q,"phone":"13700001111"}}}`, canaryTitle, canaryName))
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	g.id = placed.text("id")
	invited := g.create("/v1/requests/"+g.id+"/invites", teaKey,
		fmt.Sprintf(`{"label":%q,"contact":"contact-CANARY"}`, canaryLabel))
	require.Equal(t, http.StatusCreated, invited.Code, invited.Body)
	payer, err := g.store.PayerByPhone(ctx, canaryPhone)
	require.NoError(t, err)
	_, err = g.store.LinkIdentity(ctx, payer.ID, store.Identity{
		Provider: "wechatpay", App: "wx1", Subject: canaryOpenid,
	})
	require.NoError(t, err)
	require.NoError(t, g.store.Seed(ctx, store.SeedData{Accounts: []store.Account{{
		ID: "acc_tea", Provider: "mockpay", App: "app_tea", Settings: []byte(`{"key":"` + canaryKey + `"}`),
		State: "active",
	}}}))
	g.pays(payer.ID)
	g.worked()
	secret := g.server.Links.Token(strings.Replace(g.id, mint.Request, mint.Invite, 1), 1)
	g.canaries = map[string]string{
		"phone": canaryPhone, "buyer's phone": "13700001111", "name": canaryName,
		"rest of the name": canaryName[3:],
		"openid":           canaryOpenid, "buyer's id": "buyer-CANARY",
		"contact": "contact-CANARY", "label": canaryLabel,
		"link": secret, "code": token.Code(secret), "API key": teaKey, "webhook secret": canarySecret,
		"provider's key": canaryKey,
	}
	return g
}

// pays takes the request through a payment and a refund that broke, told in hostile words.
func (g *gossip) pays(payer string) {
	g.t.Helper()
	r, err := g.store.Request(g.t.Context(), g.id)
	require.NoError(g.t, err)
	g.number, g.refund = mint.Number(), mint.Number()
	money := models.CNY(5_000)
	for _, e := range []models.Event{
		{Kind: models.PayAsked, Pay: &models.Pay{Number: g.number, Payer: payer, Channel: "mock",
			Provider: "mockpay",
			Account:  "acc_tea", Product: "wap", Quoted: r.Payable, PriceVersion: r.PriceVersion}},
		{Kind: models.LoginPassed}, {Kind: models.PaymentOpened},
		{Kind: models.PaymentSucceeded, Spare: mint.Number(), Actor: "provider:mockpay",
			Capture: &models.Capture{Money: r.Payable, Transaction: "T1", PaidAt: time.Now().UTC()}},
		{Kind: models.OrderAccepted, Spare: mint.Number()},
		{Kind: models.RefundAsked, Refund: g.refund, Money: &money, Reason: "wrong" + attack},
		{Kind: models.RefundBroke, Refund: g.refund, Reason: models.Abnormal},
	} {
		e.Attempt = g.number
		if e.Kind == models.OrderAccepted {
			_, err := g.store.ClaimOrder(g.t.Context(), store.Claim{
				Order: r.Order, Request: r.ID, Attempt: g.number, Price: r.Payable, PriceVersion: r.PriceVersion,
			})
			require.NoError(g.t, err)
		}
		r, err = g.door.judge(g.t.Context(), r, e)
		require.NoError(g.t, err, e.Kind)
	}
}

// worked is what colleagues, providers and the merchant's receiver left behind.
func (g *gossip) worked() {
	g.t.Helper()
	ctx := g.t.Context()
	opened, err := g.store.OpenCase(ctx, store.Case{
		Request: g.id, Attempt: g.number, Kind: models.CaseSilence, Detail: formula + attack,
	})
	require.NoError(g.t, err)
	g.kase = opened.ID
	for key, wish := range map[string]support.Wish{
		"note": {Command: "case_note", Subject: opened.ID, Args: map[string]string{"words": "note" + attack}},
		"hold": {Command: "refund", Subject: g.id, Args: map[string]string{"amount": "100"}},
	} {
		wish.Key, wish.Reason = key, formula+attack
		wish.By = support.Person{Name: "staff:boss", Role: support.Supervisor}
		given, err := g.desk.Submit(ctx, wish)
		require.NoError(g.t, err)
		g.command = given.ID
	}
	at, err := g.store.CreateEndpoint(ctx, store.Endpoint{
		App: "app_tea", URL: "https://tea.example.com/h",
	}, canarySecret)
	require.NoError(g.t, err)
	sent, err := g.store.SendTestEvent(ctx, at.ID)
	require.NoError(g.t, err)
	g.delivery = sent.ID
	require.NoError(g.t, g.store.RecordTry(ctx, at.ID, store.Tried{
		Round: sent.Round, State: store.DeliveryTrying, Next: time.Now().Add(time.Hour),
		Try: store.DeliveryTry{Delivery: sent.ID, Number: 1, At: time.Now(), Status: 500, Answer: attack,
			Error:   attack,
			Headers: map[string]string{"webhook-id": sent.ID}},
	}))
	require.NoError(g.t, g.store.SaveFilter(ctx, store.SavedFilter{
		Owner: "staff:ada", Name: "mine" + attack, Filter: map[string]string{"app": attack},
	}))
}

// addresses are all that a route may be asked about.
func (g *gossip) addresses(r route) []string {
	id := g.id
	for part, other := range map[string]string{
		"/commands/{id}": g.command, "/cases/{id}": g.kase, "/deliveries/{id}": g.delivery,
	} {
		if strings.Contains(r.path, part) {
			id = other
		}
	}
	if strings.Contains(r.path, "/orders/{id}") {
		stored, err := g.store.Request(g.t.Context(), g.id)
		require.NoError(g.t, err)
		id = stored.Order
	}
	path := strings.NewReplacer("{id}", id, "{family}", "channels").Replace(r.path)
	switch {
	case strings.Contains(path, "{what}"):
		return []string{"/v1/staff/exports/stuck", "/v1/staff/exports/cases", "/v1/staff/exports/commands"}
	case strings.Contains(path, "{side}"):
		p, err := g.server.past.Load(g.t.Context(), g.id, time.Time{})
		require.NoError(g.t, err)
		var sides []string
		for _, screen := range p.Screens {
			sides = append(sides, strings.Replace(path, "{side}", screen.Side, 1))
		}
		require.NotEmpty(g.t, sides)
		return sides
	case r.path == "/staff/do":
		return []string{path + "?command=reveal&subject=" + g.id, path + "?command=refund&subject=" + g.id,
			path + "?command=" + attackQuery + "&subject=" + attackQuery + "&request=" + attackQuery}
	case r.path == "/staff/audit":
		path += "?subject="
		return []string{r.path, path + g.id, path + g.kase, path + attackQuery}
	case r.path == "/staff":
		return []string{path, path + "?app=" + attackQuery, path + "?reason=" + attackQuery}
	case r.path == "/staff/catalogue/{family}/row":
		return []string{path + "?key=app_tea/mock"}
	}
	return []string{path}
}

const attackQuery = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"

// Everything that every role can look at, and everything that he is answered to what he does, shows
// neither people's data nor a secret, and runs nothing of what others wrote.
func TestNoStaffAnswerTellsOfPeople(t *testing.T) {
	g := newGossip(t)
	seen, titles := 0, 0
	for _, r := range g.server.allRoutes() {
		if r.who != staff && r.who != colleague {
			continue
		}
		for _, path := range g.addresses(r) {
			for _, role := range []support.Role{support.Viewer, support.Operator} {
				for _, body := range g.bodies(r) {
					got := g.take(r, path, body, g.badge(r, role))
					g.clean(r, path+" "+body, got)
					if seen++; strings.Contains(got.Body.String(), canaryCard) {
						titles++
					}
				}
			}
		}
	}
	require.Greater(t, titles, 5, "the scan sees what merchants word")
	for name, canary := range g.canaries {
		require.NotContains(t, g.log.String(), canary, "%s in the log", name)
	}
	t.Logf("%d answers", seen)
}

// bodies are what may be sent to a route, hostile words and people's data among it.
func (g *gossip) bodies(r route) []string {
	if r.method == get {
		return []string{""}
	}
	wants := strings.NewReplacer("{request}", g.id, "{waiting}", g.command, "{kind}", "x", "{version}", "1",
		"{filter}", "mine", "{key}", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "{fresh}", "fresh").
		Replace(acts[r.method+" "+r.path].body)
	list := []string{wants}
	switch r.path {
	case "/v1/staff/search":
		for _, word := range []string{"N1", g.id, g.number, canaryPhone, "13912345678", "acc_tea"} {
			list = append(list, `{"q":"`+word+`"}`)
		}
	case "/staff/search":
		list = append(list, "words=N1", "words="+g.id, "words="+canaryPhone, "words="+attackQuery)
	case "/staff/do", "/staff/do/preview":
		list = append(list, "command="+attackQuery+"&subject="+attackQuery+"&reason="+attackQuery)
	}
	return list
}

// clean says that an answer holds no canary, and as a page nothing that runs.
func (g *gossip) clean(r route, asked string, got answer) {
	g.t.Helper()
	text := got.Body.String()
	require.NotEqual(g.t, http.StatusInternalServerError, got.Code, "%s %s: %s", r.method, asked, text)
	for name, canary := range g.canaries {
		if strings.Contains(asked, canary) || strings.Contains(asked, "reveal") && r.method == post {
			continue
		}
		assert.NotContains(g.t, text, canary, "%s in %s %s", name, r.method, asked)
	}
	if strings.Contains(got.Header().Get("Content-Type"), "html") {
		for _, live := range []string{"<script>alert", "<img src=x", `"><script`} {
			assert.NotContains(g.t, text, live, "%s %s", r.method, asked)
		}
	}
	if strings.Contains(got.Header().Get("Content-Type"), "csv") {
		for _, run := range []string{"\n=", ",=", `"=`} {
			assert.NotContains(g.t, text, run, "%s %s", r.method, asked)
		}
	}
}

// A cell that a spreadsheet would take for a formula is text, in narrow and wide letters.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		formula, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "＝1", "＠x", "＋1", "－1",
	} {
		require.Equal(t, "'"+cell, plainCell(cell))
	}
	for _, cell := range []string{"", "12", "a=b", "退款"} {
		require.Equal(t, cell, plainCell(cell))
	}
}
