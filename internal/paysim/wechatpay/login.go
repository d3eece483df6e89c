package wechatpay

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

const (
	scopeBase = "snsapi_base"
	scopeInfo = "snsapi_userinfo"

	loginCodeLife = 5 * time.Minute // scaled
	tokenLife     = 2 * time.Hour
	maxLogins     = 100_000 // codes and tokens remembered; then the oldest generation goes
)

// login is what a code, and later a token, stands for.
type login struct {
	appID  string
	openid string
	scope  string
	at     time.Time
	spent  bool
}

// logins remembers codes and tokens; a restart forgets them, as five minutes do.
type logins struct {
	mu     sync.Mutex
	codes  map[string]*login
	tokens map[string]*login
}

func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.codes, l.tokens = map[string]*login{}, map[string]*login{}
}

// issue makes a code for somebody who logged in.
func (l *logins) issue(who login) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.codes) >= maxLogins {
		l.codes, l.tokens = map[string]*login{}, map[string]*login{}
	}
	code := rand.Text() + "Z"
	l.codes[code] = &who
	return code
}

// refused is how the login's API says no: with status 200.
type refused struct {
	Code    int    `json:"errcode"`
	Message string `json:"errmsg"`
}

func refuse(code int, message string) *refused {
	return &refused{code, message + ", rid: " + hexadecimal(4) + "-" + hexadecimal(4)}
}

// spend takes a code for the app it was made for, once.
func (l *logins) spend(code, appID string, now time.Time, life time.Duration) (login, *refused) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.codes[code]
	switch {
	case who == nil || who.appID != appID || now.Sub(who.at) > life:
		return login{}, refuse(40029, "invalid code")
	case who.spent:
		return login{}, refuse(40163, "code been used")
	}
	who.spent = true
	return *who, nil
}

func (l *logins) admit(who login) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	token := "99_" + rand.Text() + rand.Text()
	l.tokens[token] = &who
	return token
}

func (l *logins) of(token string, now time.Time) (login, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.tokens[token]
	if who == nil || now.Sub(who.at) > tokenLife {
		return login{}, false
	}
	return *who, true
}

func (p *Provider) loginRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /connect/oauth2/authorize", p.authorize)
	mux.HandleFunc("POST /connect/oauth2/authorize", p.consent)
	mux.HandleFunc("GET /sns/oauth2/access_token", p.loginAPI(p.accessToken))
	mux.HandleFunc("GET /sns/userinfo", p.loginAPI(p.userInfo))
}

// loginAPI answers as that API does: status 200 and text/plain whatever happens. Faults of the login
// spoil all of that host, the messages too.
func (p *Provider) loginAPI(work func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rule := p.desk.Spoil(faults.Login)
		ctx, cancel := p.desk.Until(r.Context())
		defer cancel()
		if refusal := trouble[p.desk.Before(ctx, rule)]; refusal != nil {
			desk.Reply(w, refusal.status, refusal)
			return
		}
		result := work(r)
		if refusal := trouble[p.desk.After(ctx, rule)]; refusal != nil {
			desk.Reply(w, refusal.status, refusal)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(desk.Encode(result)) // the caller may be gone
	}
}

// accessToken exchanges a code for who logged in.
func (p *Provider) accessToken(r *http.Request) any {
	query := r.URL.Query()
	m := p.byApp[query.Get("appid")]
	switch {
	case query.Get("appid") == "":
		return refuse(41002, "appid missing")
	case m == nil:
		return refuse(40013, "invalid appid")
	case query.Get("secret") == "":
		return refuse(41004, "appsecret missing")
	case m.AppSecret == "" || subtle.ConstantTimeCompare([]byte(query.Get("secret")), []byte(m.AppSecret)) != 1:
		return refuse(40125, "invalid appsecret")
	case query.Get("grant_type") != "authorization_code":
		return refuse(40002, "invalid grant_type")
	case query.Get("code") == "":
		return refuse(41008, "missing code")
	}
	now := p.deps.Pace.Now()
	who, refusal := p.logins.spend(query.Get("code"), m.AppID, now, p.deps.Pace.Scale(loginCodeLife))
	if refusal != nil {
		return refusal
	}
	who.at = now
	answer := map[string]any{
		"access_token": p.logins.admit(who), "expires_in": 7200, "refresh_token": "99_" + rand.Text(),
		"openid": who.openid, "scope": who.scope, "unionid": "u" + who.openid,
	}
	if isSnapshot(who.openid) {
		answer["is_snapshotuser"] = 1
	}
	return answer
}

// userInfo tells the name of somebody who let it be told.
func (p *Provider) userInfo(r *http.Request) any {
	query := r.URL.Query()
	who, known := p.logins.of(query.Get("access_token"), p.deps.Pace.Now())
	switch {
	case !known:
		return refuse(40001, "invalid credential, access_token is invalid or not latest")
	case who.openid != query.Get("openid"):
		return refuse(40003, "invalid openid")
	case who.scope != scopeInfo:
		return refuse(48001, "api unauthorized")
	}
	name := "微信用户"
	if !isSnapshot(who.openid) {
		name += who.openid[max(0, len(who.openid)-4):]
	}
	return map[string]any{
		"openid": who.openid, "nickname": name, "sex": 0, "province": "", "city": "", "country": "",
		"headimgurl": "", "privilege": []string{}, "unionid": "u" + who.openid,
	}
}
