package api

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// act is what a staff route that does something wants, and what it leaves.
type act struct {
	least support.Role
	body  string // JSON, or a form's pairs; with the names of fresh things, see fill
	lines int    // that it adds to the audit
}

// acts are the staff routes that are no mere reading. A route that is not here is a GET for every role.
var acts = map[string]act{
	"POST /v1/staff/requests/{id}/commands": {support.Supervisor, `{"command":"hold","reason":"ticket 7"}`, 1},
	"POST /v1/staff/commands": {
		support.Agent, `{"command":"cancel","subject":"{request}","reason":"ticket 7"}`, 1,
	},
	"POST /v1/staff/commands/bulk": {
		support.Agent, `{"command":"cancel","subjects":["{request}","{request}"],"reason":"ticket 7"}`, 2,
	},
	"POST /v1/staff/commands/{id}/approve": {support.Supervisor, `{"reason":"ticket 7"}`, 1},
	"POST /v1/staff/commands/{id}/reject":  {support.Supervisor, `{"reason":"ticket 7"}`, 1},
	"POST /v1/staff/search":                {support.Viewer, `{"q":"fpr_none"}`, 0},
	"POST /v1/staff/filters":               {support.Viewer, `{"name":"mine","filter":{"app":"app_tea"}}`, 0},
	"POST /v1/staff/filters/take-away":     {support.Viewer, `{"name":"{filter}"}`, 0},
	"POST /v1/staff/exports/{what}":        {support.Agent, "", 1},
	"POST /v1/staff/{family}": {
		support.Operator,
		`{"row":{"kind":"{fresh}","friend_pay":true},"reason":"ticket 7","expected_version":0}`, 1,
	},
	"POST /v1/staff/{family}/take-away": {
		support.Operator, `{"key":"/{kind}","reason":"ticket 7","expected_version":{version}}`, 1,
	},

	"POST /staff/logout":            {support.Viewer, "", 0},
	"POST /staff/filters":           {support.Viewer, "name=mine&app=app_tea", 0},
	"POST /staff/filters/take-away": {support.Viewer, "name={filter}", 0},
	"POST /staff/search":            {support.Viewer, "words=fpr_none", 0},
	"POST /staff/export/{what}":     {support.Agent, "", 1},
	"POST /staff/bulk": {
		support.Agent, "key={key}&confirm=1&reason=ticket 7&row=cancel {request} {request}", 1,
	},
	"POST /staff/do/preview": {support.Viewer, "command=cancel&subject={request}&key={key}", 0},
	"POST /staff/do": {
		support.Agent, "command=cancel&subject={request}&key={key}&reason=ticket 7", 1,
	},
	"POST /staff/commands/{id}/approve": {support.Supervisor, "reason=ticket 7", 1},
	"POST /staff/commands/{id}/reject":  {support.Supervisor, "reason=ticket 7", 1},
	"POST /staff/catalogue/{family}/preview": {
		support.Operator, "key=/{kind}&version={version}&arg_currency=CNY&arg_max_minor=0&arg_min_minor=0", 0,
	},
	"POST /staff/catalogue/{family}": {
		support.Operator,
		"key=/{kind}&version={version}&arg_currency=CNY&arg_max_minor=0&arg_min_minor=0&reason=ticket 7", 1,
	},
}

// office is the API with its console, where a refund of any sum wants two people.
type office struct {
	*world
	desk *support.Desk
	form string // what forms of its sessions carry
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{}
	o.world = newWorld(t, func(d *Deps) {
		o.desk = &support.Desk{
			Rows: d.Store.(*store.Store), Door: d.Door.(*lawDoor), Accounts: desks{}, Clock: time.Now, Log: d.Log,
		}
		d.Desk, d.Console = o.desk, console.Parts{Desk: console.NewDesk(o.desk), Offers: o.desk}
	})
	page := o.call(get, "/staff", "", "", o.session("viewer")...)
	found := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	require.Len(t, found, 2, page.Body)
	o.form = found[1]
	return o
}

func (o *office) session(role string) []string {
	word := o.consoleSession("ada", role, time.Now())
	return []string{"Accept", "text/html", "Cookie", console.Cookie + "=" + word}
}

// fill names fresh things, so that no call finds what another did.
func (o *office) fill(text string) string {
	o.t.Helper()
	ctx := o.t.Context()
	for name, make := range map[string]func() string{
		"{request}": o.place, "{key}": rand.Text,
		"{fresh}": func() string { return "k" + strings.ToLower(rand.Text()[:8]) },
		"{waiting}": func() string {
			given, err := o.desk.Submit(ctx, support.Wish{
				Key: mint.Number(), Command: "refund", Subject: o.pay(o.place()).ID, Reason: "ticket 7",
				By: support.Person{Name: "staff:boss", Role: support.Supervisor},
			})
			require.NoError(o.t, err)
			require.Equal(o.t, store.CommandWaiting, given.State)
			return given.ID
		},
		"{case}": func() string {
			opened, err := o.store.OpenCase(ctx, store.Case{Request: o.place(), Kind: models.CaseSilence})
			require.NoError(o.t, err)
			return opened.ID
		},
		"{order}": func() string {
			r, err := o.store.Request(ctx, o.place())
			require.NoError(o.t, err)
			return r.Order
		},
		"{delivery}": func() string {
			at, err := o.store.CreateEndpoint(ctx, store.Endpoint{
				App: "app_tea", URL: "https://tea.example.com/" + rand.Text(),
			}, "whsec_dGVh")
			require.NoError(o.t, err)
			sent, err := o.store.SendTestEvent(ctx, at.ID)
			require.NoError(o.t, err)
			require.NoError(o.t, o.store.DeleteEndpoint(ctx, at.ID))
			return sent.ID
		},
		"{filter}": func() string {
			require.NoError(o.t, o.store.SaveFilter(ctx, store.SavedFilter{Owner: "staff:ada", Name: "mine"}))
			return "mine"
		},
	} {
		for strings.Contains(text, name) {
			text = strings.Replace(text, name, make(), 1)
		}
	}
	if strings.Contains(text, "{kind}") {
		kind := "k" + strings.ToLower(rand.Text()[:8])
		made := o.changeAs(o.as("operator"), "kinds", `{"kind":"`+kind+`","friend_pay":true}`, 0, "")
		require.Equal(o.t, http.StatusOK, made.Code, made.Body)
		line := made.field("rows").([]any)[0].(map[string]any)
		version := int64(line["version"].(float64))
		text = strings.NewReplacer("{kind}", kind, "{version}", fmtInt(version)).Replace(text)
	}
	return text
}

// address fills in the path of a route.
func (o *office) address(r route) string {
	id := "{request}"
	for part, other := range map[string]string{
		"/commands/{id}": "{waiting}", "/cases/{id}": "{case}", "/deliveries/{id}": "{delivery}",
		"/orders/{id}": "{order}",
	} {
		if strings.Contains(r.path, part) {
			id = other
		}
	}
	path := strings.NewReplacer("{id}", id, "{family}", "kinds", "{what}", "cases", "{side}", "buyer").
		Replace(r.path)
	switch r.path {
	case "/v1/staff/funnel":
		path += "?since=" + time.Now().UTC().Format(time.DateOnly)
	case "/staff/do":
		path += "?command=cancel&subject={request}"
	case "/staff/catalogue/{family}/row":
		path += "?key=/{kind}&"
	}
	return o.fill(path)
}

// take calls a route with a credential and whatever the route wants.
func (o *office) take(r route, path, body string, credential []string) answer {
	o.t.Helper()
	headers := append([]string{keyHeader, mint.Number()}, credential...)
	if r.who == colleague && r.method == post {
		form, err := url.ParseQuery(strings.ReplaceAll(body, " ", "%20"))
		require.NoError(o.t, err)
		form.Set("form", o.form)
		body = form.Encode()
		headers = append(headers, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
			"same-origin")
	}
	return o.call(r.method, path, "", body, headers...)
}

// Every role at every route of the staff: who may is served, and leaves as many lines of the audit as
// he did deeds; who may not, or is nobody, changes nothing at all.
func TestEveryRoleMeetsEveryStaffRoute(t *testing.T) {
	o := newOffice(t)
	credentials, met, listed := o.credentials(), 0, map[string]bool{}
	for _, r := range o.server.allRoutes() {
		if r.who != staff && r.who != colleague {
			continue
		}
		name := r.method + " " + r.path
		wants, does := acts[name]
		require.Equal(t, r.method == post, does, "%s: say what it wants and what it leaves", name)
		listed[name] = true
		path, body := o.address(r), o.fill(wants.body)
		before := o.rows(ledgers...)
		for _, no := range []string{
			"", "key", "buyer", "cookie", "expired staff", "staff without a role", "console as a token",
			"console, past a shift", "console without a role", "staff as a console", "staff", "console",
		} {
			if no == map[audience]string{staff: "staff", colleague: "console"}[r.who] {
				continue // that is one of those below
			}
			got := o.take(r, path, body, credentials[no])
			require.Equal(t, http.StatusUnauthorized, got.Code, "%s as %q: %s", name, no, got.Body)
			met++
		}
		for _, role := range support.Roles {
			if met++; does {
				continue
			}
			got := o.take(r, path, "", o.badge(r, role))
			require.Less(t, got.Code, http.StatusBadRequest, "%s by %s: %s", name, role, got.Body)
		}
		require.Equal(t, before, o.rows(ledgers...), "%s: who is nobody, or reads, changes nothing", name)
		for _, role := range support.Roles {
			if does {
				o.meets(r, role, wants)
			}
		}
	}
	for name := range acts {
		require.True(t, listed[name], "%s is not in the list", name)
	}
	t.Logf("%d cells", met)
}

// badge is what a colleague of that role shows at a route.
func (o *office) badge(r route, role support.Role) []string {
	if r.who == colleague {
		return o.session(string(role))
	}
	return []string{"Authorization", "Bearer " + o.as(string(role))}
}

// meets lets one role take one route that does something.
func (o *office) meets(r route, role support.Role, wants act) {
	o.t.Helper()
	name := r.method + " " + r.path + " by " + string(role)
	path, body := o.address(r), o.fill(wants.body)
	before, lines := o.rows(ledgers...), o.audit()
	got := o.take(r, path, body, o.badge(r, role))
	after := o.audit()
	if !role.May(wants.least) {
		require.Equal(o.t, before, o.rows(ledgers...), "%s: %s", name, got.Body)
		refused := got.Body.String()
		require.True(o.t, strings.Contains(refused, "role_too_low") || strings.Contains(refused, "s_only") ||
			strings.Contains(refused, "你的角色不能这样做"), "%s: %d %s", name, got.Code, refused)
		return
	}
	require.Less(o.t, got.Code, http.StatusBadRequest, "%s: %s", name, complaint(got))
	if wants.lines == 0 && !strings.Contains(r.path, "filters") {
		require.Equal(o.t, before, o.rows(ledgers...), "%s only reads", name)
	}
	require.Len(o.t, after, len(lines)+wants.lines, name)
	for _, line := range after[len(lines):] {
		require.Equal(o.t, "staff:ada", line.Actor, name)
		require.NotEmpty(o.t, line.Act, name)
		require.NotEmpty(o.t, line.Subject, name)
		if line.Act != "export" { // what was exported is its own reason
			require.NotEmpty(o.t, line.Reason, name)
		}
	}
}

// Each command asks the same role of people at the API and in the console as the desk does.
func TestTheDeskAndItsDoorsAskTheSameRoles(t *testing.T) {
	o := newOffice(t)
	before := o.rows(ledgers...)
	for _, command := range support.Commands() {
		least, _ := support.Least(command)
		for _, role := range support.Roles {
			api := o.command(string(role), "commands", `{"command":"`+command+`","subject":"x","reason":"ticket 7"}`)
			page := o.take(route{method: post, who: colleague}, "/staff/do",
				"command="+command+"&subject=x&key="+rand.Text()+"&reason=ticket 7", o.session(string(role)))
			require.GreaterOrEqual(t, page.Code, http.StatusBadRequest, page.Body)
			no, cell := !role.May(least), command+" by "+string(role)
			require.Equal(t, no, api.text("reason") == "role_too_low", "%s: %s", cell, api.Body)
			require.Equal(t, no, strings.Contains(page.Body.String(), "role_too_low"), cell)
		}
	}
	require.Equal(t, before, o.rows(ledgers...))
}

// A form of another session, or of none, does nothing, whoever sends it.
func TestAFormWithoutItsSessionsWordDoesNothing(t *testing.T) {
	o := newOffice(t)
	for _, r := range o.server.consoleRoutes() {
		if r.method != post || r.who != colleague {
			continue
		}
		path, body := o.address(r), o.fill(acts[r.method+" "+r.path].body)
		before := o.rows(ledgers...)
		for _, form := range []string{"", "x", o.form + "x"} {
			was := o.form
			o.form = form
			got := o.take(r, path, body, o.session("operator"))
			o.form = was
			require.Equal(t, http.StatusForbidden, got.Code, "%s: %s", r.path, got.Body)
		}
		require.Equal(t, before, o.rows(ledgers...), r.path)
	}
}

// complaint is what a page complains about.
func complaint(got answer) string {
	return regexp.MustCompile(`(?s)role="alert">.*?</div>`).FindString(got.Body.String()) + got.Body.String()
}
