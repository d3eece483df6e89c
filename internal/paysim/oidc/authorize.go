package oidc

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

const (
	codeLife  = time.Minute // unscaled: it is a program that is in a hurry
	maxCodes  = 10_000      // remembered; then all go
	maxLength = 2048        // of an address, a state, a nonce
)

// challengeForm is that of a SHA-256 in base64url.
var challengeForm = regexp.MustCompile(`^[0-9A-Za-z_-]{43}$`)

// login is what a code stands for.
type login struct {
	who       person
	redirect  string
	challenge string
	nonce     string
	at        time.Time
	spent     bool
}

// asked is a checked call of the page that logs people in.
type asked struct {
	redirect  *url.URL
	raw       string
	state     string
	nonce     string
	challenge string
}

// read checks what an application sent a browser with. Wrong is for the person, where
// the application cannot be told; code is for the application.
func (i *Issuer) read(r *http.Request) (a asked, wrong, code string) {
	query := r.URL.Query()
	a = asked{
		raw: query.Get("redirect_uri"), state: query.Get("state"), nonce: query.Get("nonce"),
		challenge: query.Get("code_challenge"),
	}
	registered := i.deps.Client.RedirectURIs
	redirect, err := url.Parse(a.raw)
	a.redirect = redirect
	switch {
	case query.Get("client_id") != i.deps.Client.ID:
		return a, "client_id 不正确", ""
	case err != nil || !desk.WebAddress(a.raw, maxLength) || redirect.Fragment != "":
		return a, "redirect_uri 不正确", ""
	case len(registered) > 0 && !slices.Contains(registered, a.raw):
		return a, "redirect_uri 未登记", ""
	case query.Get("response_type") != "code":
		return a, "", "unsupported_response_type"
	case !slices.Contains(strings.Fields(query.Get("scope")), "openid"):
		return a, "", "invalid_scope"
	case query.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(a.challenge):
		return a, "", "invalid_request"
	case len(a.state) > maxLength || len(a.nonce) > maxLength:
		return a, "", "invalid_request"
	case query.Get("prompt") == "none": // nobody is ever logged in already
		return a, "", "login_required"
	}
	return a, "", ""
}

// authorize asks who is there.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	a, wrong, code := i.read(r)
	if wrong != "" || code != "" {
		i.refuse(w, r, a, wrong, code)
		return
	}
	view := brand()
	view.Headline, view.Detail, view.Good = "登录", "选择一位员工，以其身份登录。", true
	for _, p := range hinted(r.URL.Query().Get("login_hint")) {
		label := p.Name + "（无角色）"
		if len(p.Roles) > 0 {
			label = p.Name + "（" + strings.Join(p.Roles, "、") + "）"
		}
		view.Buttons = append(view.Buttons, desk.Button{Action: p.Subject, Text: label})
	}
	view.Buttons = append(view.Buttons, desk.Button{Action: "cancel", Text: "取消"})
	desk.Render(w, http.StatusOK, view)
}

// choose sends the browser back with a code for whoever was chosen.
func (i *Issuer) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	a, wrong, code := i.read(r)
	who, known := byName(r.PostFormValue("action"))
	switch {
	case wrong != "" || code != "":
		i.refuse(w, r, a, wrong, code)
	case known:
		back := url.Values{"code": {i.issue(who, a)}, "iss": {i.issuer(r)}}
		a.goBack(w, r, back)
	default:
		i.refuse(w, r, a, "", "access_denied")
	}
}

func (i *Issuer) refuse(w http.ResponseWriter, r *http.Request, a asked, wrong, code string) {
	if wrong == "" {
		a.goBack(w, r, url.Values{"error": {code}, "iss": {i.issuer(r)}})
		return
	}
	view := brand()
	view.Headline, view.Detail = "无法登录", wrong
	desk.Render(w, http.StatusBadRequest, view)
}

func (a asked) goBack(w http.ResponseWriter, r *http.Request, more url.Values) {
	target := *a.redirect
	query := target.Query()
	for name, values := range more {
		query[name] = values
	}
	if a.state != "" {
		query.Set("state", a.state)
	}
	target.RawQuery = query.Encode()
	w.Header().Set("Cache-Control", "no-store")
	desk.GoBack(w, r, target.String())
}

// issue makes a code.
func (i *Issuer) issue(who person, a asked) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.codes) >= maxCodes {
		i.codes = map[string]*login{}
	}
	code := rand.Text()
	i.codes[code] = &login{who: who, redirect: a.raw, challenge: a.challenge, nonce: a.nonce, at: i.now()}
	i.note(journal.Entry{Kind: "login", Account: i.deps.Client.ID, Note: who.Subject})
	return code
}

func brand() desk.Page { return desk.Page{Mark: "企", Brand: "企业统一登录 模拟"} }

// rule is what shall go wrong with a token.
func (i *Issuer) rule() faults.Rule { return i.desk.Spoil(faults.Login) }
