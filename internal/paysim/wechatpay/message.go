package wechatpay

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The limits of the server API, and how much is remembered.
const (
	apiTokenLife  = 7200 * time.Second
	repeatWithin  = 10 * time.Minute // in which an id is taken once
	maxFields     = 20
	maxFieldRunes = 200
	maxTold       = 10_000
	shownTold     = 200
)

var (
	templateForm = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)
	fieldForm    = regexp.MustCompile(`^[0-9a-z_]{1,32}$`)
)

// told is a template message that arrived.
type told struct {
	At       time.Time         `json:"at"`
	AppID    string            `json:"app_id"`
	To       string            `json:"openid"`
	Template string            `json:"template"`
	Fields   map[string]string `json:"fields"`
}

// servers is the server API's part of an official account: tokens, and what followers were told. It is
// forgotten by a restart, as openids do not belong on a disk.
type servers struct {
	mu        sync.Mutex
	tokens    map[string]apiToken // by app
	strangers map[string]bool     // openids that follow nobody
	seen      map[string]time.Time
	messages  []told
}

type apiToken struct {
	text  string
	until time.Time
}

func (s *servers) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.strangers, s.seen = map[string]apiToken{}, map[string]bool{}, map[string]time.Time{}
	s.messages = nil
}

// token gives the app's token, the same one until it is over or a new one is forced.
func (s *servers) token(appID string, forced bool, now time.Time) apiToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.tokens[appID]
	if forced || !now.Before(known.until) {
		known = apiToken{"88_" + rand.Text() + rand.Text(), now.Add(apiTokenLife)}
		s.tokens[appID] = known
	}
	return known
}

// owner is the app of a token, or why it is none.
func (s *servers) owner(token string, now time.Time) (string, *refused) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for appID, known := range s.tokens {
		if subtle.ConstantTimeCompare([]byte(known.text), []byte(token)) == 1 {
			if !now.Before(known.until) {
				return "", refuse(42001, "access_token expired")
			}
			return appID, nil
		}
	}
	return "", refuse(40001, "invalid credential, access_token is invalid or not latest")
}

func (p *Provider) messageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /cgi-bin/stable_token", p.loginAPI(p.stableToken))
	mux.HandleFunc("POST /cgi-bin/message/template/send", p.loginAPI(p.sendTemplate))
}

func (p *Provider) messageSimRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /sim/wechatpay/messages", p.simMessages)
	mux.HandleFunc("POST /sim/wechatpay/followers", p.simFollower)
	mux.HandleFunc("POST /sim/wechatpay/tokens/expire", p.simExpire)
}

// stableToken is the token that does not change while it is asked for.
func (p *Provider) stableToken(r *http.Request) any {
	var asked struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&asked); err != nil {
		return refuse(47001, "data format error")
	}
	m := p.byApp[asked.AppID]
	switch {
	case m == nil:
		return refuse(40013, "invalid appid")
	case asked.Grant != "client_credential":
		return refuse(40002, "invalid grant_type")
	case subtle.ConstantTimeCompare([]byte(asked.Secret), []byte(m.AppSecret)) != 1:
		return refuse(40125, "invalid appsecret")
	}
	now := p.deps.Pace.Now()
	token := p.servers.token(m.AppID, asked.Force, now)
	return map[string]any{"access_token": token.text, "expires_in": int64(token.until.Sub(now).Seconds())}
}

// sending is what a template message is sent with.
type sending struct {
	To       string `json:"touser"`
	Template string `json:"template_id"`
	ID       string `json:"client_msg_id"`
	URL      string `json:"url"`
	Data     map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

func (p *Provider) sendTemplate(r *http.Request) any {
	now := p.deps.Pace.Now()
	appID, refusal := p.servers.owner(r.URL.Query().Get("access_token"), now)
	if refusal != nil {
		return refusal
	}
	var wish sending
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&wish); err != nil {
		return refuse(47001, "data format error")
	}
	if refusal := wish.check(); refusal != nil {
		return refusal
	}
	return p.servers.take(appID, wish, now)
}

func (s sending) check() *refused {
	switch {
	case !openidForm.MatchString(s.To) || isSnapshot(s.To):
		return refuse(40003, "invalid openid")
	case !templateForm.MatchString(s.Template):
		return refuse(40037, "invalid template_id")
	case len(s.Data) == 0 || len(s.Data) > maxFields || len(s.ID) > 32:
		return refuse(47003, "argument invalid! data is empty or too long")
	}
	for name, field := range s.Data {
		runes := utf8.RuneCountInString(field.Value)
		if !fieldForm.MatchString(name) || runes == 0 || runes > maxFieldRunes {
			return refuse(47003, "argument invalid! data."+name+".value is empty")
		}
	}
	return nil
}

// take lets a message arrive, once within ten minutes under an id.
func (s *servers) take(appID string, wish sending, now time.Time) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.strangers[wish.To] {
		return refuse(43004, "require subscribe")
	}
	key := appID + "/" + wish.To + "/" + wish.ID
	if at, seen := s.seen[key]; wish.ID == "" || !seen || now.Sub(at) > repeatWithin {
		if len(s.seen) >= maxTold {
			s.seen = map[string]time.Time{}
		}
		s.seen[key] = now
		fields := map[string]string{}
		for name, field := range wish.Data {
			fields[name] = field.Value
		}
		s.messages = append(s.messages, told{now.UTC(), appID, wish.To, wish.Template, fields})
		s.messages = s.messages[max(0, len(s.messages)-maxTold):]
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": len(s.messages)}
}

// simMessages is GET /sim/wechatpay/messages?openid=, newest first.
func (p *Provider) simMessages(w http.ResponseWriter, r *http.Request) {
	p.servers.mu.Lock()
	list := []told{}
	for _, message := range slices.Backward(p.servers.messages) {
		if to := r.URL.Query().Get("openid"); (to == "" || to == message.To) && len(list) < shownTold {
			list = append(list, message)
		}
	}
	p.servers.mu.Unlock()
	desk.Reply(w, http.StatusOK, map[string]any{"messages": list})
}

// simFollower says whether somebody follows official accounts; everybody does at first.
func (p *Provider) simFollower(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		OpenID  string `json:"openid"`
		Follows bool   `json:"follows"`
	}
	body := http.MaxBytesReader(w, r.Body, maxBody)
	if json.NewDecoder(body).Decode(&wanted) != nil || !openidForm.MatchString(wanted.OpenID) {
		refusal := param("/openid", "", "an openid has up to 128 characters [0-9A-Za-z_-]")
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.servers.mu.Lock()
	p.servers.strangers[wanted.OpenID] = !wanted.Follows
	p.servers.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// simExpire ends all tokens, as another server does that asks for one of its own.
func (p *Provider) simExpire(w http.ResponseWriter, _ *http.Request) {
	p.servers.mu.Lock()
	for appID, known := range p.servers.tokens {
		known.until = time.Time{}
		p.servers.tokens[appID] = known
	}
	p.servers.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
