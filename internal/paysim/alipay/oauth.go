package alipay

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

const (
	scopeBase = "auth_base"
	scopeUser = "auth_user"

	codeLasts  = 24 * time.Hour // of an auth_code, scaled
	tokenLasts = 15 * 24 * time.Hour
	maxLogins  = 100_000 // codes and tokens remembered; then all go
)

var stateForm = regexp.MustCompile(`^[0-9A-Za-z_.=+/-]{0,200}$`)

// login is what a code, and later a refresh token, stands for.
type login struct {
	appID string
	user  string
	at    time.Time
}

// logins remembers codes and tokens; a restart forgets them.
type logins struct {
	mu   sync.Mutex
	open map[string]login
}

func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = map[string]login{}
}

// issue makes a code or a token for somebody who logged in.
func (l *logins) issue(who login) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= maxLogins {
		l.open = map[string]login{}
	}
	code := rand.Text()
	l.open[code] = who
	return code
}

// spend takes a code for the app it was made for, once.
func (l *logins) spend(code, appID string, now time.Time, life time.Duration) (login, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who, known := l.open[code]
	if !known || who.appID != appID || now.Sub(who.at) > life {
		return login{}, false
	}
	delete(l.open, code)
	return who, true
}

// arrival is a checked call of the page that logs people in, and who came there.
type arrival struct {
	merchant *merchant
	redirect *url.URL
	user     string
}

// authorize sends a browser back with a code: without a word for auth_base, after
// a question for auth_user.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	a, refusal := p.readAuthorize(r)
	a.user = userOf(w, r)
	switch {
	case refusal != nil:
		p.turnAway(w, refusal)
	case r.URL.Query().Get("scope") == scopeBase:
		p.letIn(w, r, a)
	default:
		view := brand()
		view.Headline, view.Good = "支付宝登录", true
		view.Detail = a.merchant.title() + " 申请获取你的会员信息"
		view.Buttons = []desk.Button{{Action: "allow", Text: "同意"}, {Action: "cancel", Text: "拒绝"}}
		desk.Render(w, http.StatusOK, view)
	}
}

// consent is the answer to the question.
func (p *Provider) consent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	a, refusal := p.readAuthorize(r)
	a.user = userOf(w, r)
	switch {
	case refusal != nil:
		p.turnAway(w, refusal)
	case r.PostFormValue("action") == "allow":
		p.letIn(w, r, a)
	default:
		view := brand()
		view.Headline, view.Detail = "已拒绝授权", "可以关闭此页面。"
		desk.Render(w, http.StatusOK, view)
	}
}

// readAuthorize checks what an application sent a browser with.
func (p *Provider) readAuthorize(r *http.Request) (arrival, *failure) {
	query := r.URL.Query()
	m := p.byApp[query.Get("app_id")]
	redirect, err := url.Parse(query.Get("redirect_uri"))
	scope := query.Get("scope")
	switch {
	case m == nil:
		return arrival{}, invalid("app-id", "无效的AppID参数")
	case err != nil || !desk.WebAddress(query.Get("redirect_uri"), 2048) || !m.registered(redirect.Host):
		return arrival{}, invalid("redirect-uri", "授权回调地址与应用配置不一致")
	case scope != scopeBase && scope != scopeUser:
		return arrival{}, invalid("scope", "scope参数无效")
	case !stateForm.MatchString(query.Get("state")):
		return arrival{}, invalid("state", "state参数无效")
	}
	return arrival{merchant: m, redirect: redirect}, nil
}

func (p *Provider) letIn(w http.ResponseWriter, r *http.Request, a arrival) {
	code := p.logins.issue(login{appID: a.merchant.AppID, user: a.user, at: p.deps.Pace.Now()})
	back, query := *a.redirect, a.redirect.Query()
	query.Set("auth_code", code)
	query.Set("app_id", a.merchant.AppID)
	query.Set("source", "alipay_wallet")
	for _, name := range []string{"scope", "state"} {
		if value := r.URL.Query().Get(name); value != "" {
			query.Set(name, value)
		}
	}
	back.RawQuery = query.Encode()
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// oauthToken exchanges a code for who logged in. Its parameters stand beside
// biz_content, and its success has no code.
func (p *Provider) oauthToken(c *call) (body, *failure) {
	now, appID := p.deps.Pace.Now(), c.merchant.AppID
	var who login
	var known bool
	switch c.form.Get("grant_type") {
	case "authorization_code":
		if who, known = p.logins.spend(c.form.Get("code"), appID, now, p.deps.Pace.Scale(codeLasts)); !known {
			return nil, errCode
		}
	case "refresh_token":
		if who, known = p.logins.spend(c.form.Get("refresh_token"), appID, now, 2*tokenLasts); !known {
			return nil, errRefreshToken
		}
	default:
		return nil, invalid("grant-type", "grant_type参数不正确")
	}
	who.at = now
	answer := body{
		"access_token": "composeB" + rand.Text(), "refresh_token": p.logins.issue(who), "auth_start": clock(now),
		"expires_in": int(tokenLasts / time.Second), "re_expires_in": int(2 * tokenLasts / time.Second),
	}
	name := "open_id"
	if c.merchant.UserIDs {
		name = "user_id"
	}
	answer[name] = who.user
	return answer, nil
}
