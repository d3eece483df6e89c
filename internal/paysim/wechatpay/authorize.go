package wechatpay

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

var (
	stateForm = regexp.MustCompile(`^[0-9A-Za-z]{0,128}$`)

	// authorizeOrder is how the parameters must follow each other; WeChat looks.
	authorizeOrder = []string{"appid", "redirect_uri", "response_type", "scope", "state"}
)

// asked is a checked call of the page that logs people in.
type asked struct {
	merchant *merchant
	redirect *url.URL
	scope    string
	state    string
}

// readAuthorize checks what an application sent a browser with. That it ended in
// #wechat_redirect no server can see.
func (p *Provider) readAuthorize(r *http.Request) (asked, string) {
	var names []string
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		names = append(names, name)
	}
	query := r.URL.Query()
	a := asked{merchant: p.byApp[query.Get("appid")], scope: query.Get("scope"), state: query.Get("state")}
	redirect, err := url.Parse(query.Get("redirect_uri"))
	a.redirect = redirect
	switch {
	case !slices.Equal(names, authorizeOrder) && !slices.Equal(names, authorizeOrder[:4]):
		return a, "参数错误：参数缺失或顺序不正确"
	case a.merchant == nil:
		return a, "参数错误：appid 不正确"
	case err != nil || !desk.WebAddress(query.Get("redirect_uri"), 2048):
		return a, "参数错误：redirect_uri 不正确"
	case !a.merchant.registered(redirect.Host):
		return a, "redirect_uri 域名与后台配置不一致，错误码：10003"
	case query.Get("response_type") != "code":
		return a, "参数错误：response_type 必须为 code"
	case a.scope != scopeBase && a.scope != scopeInfo:
		return a, "Scope 参数错误或没有 Scope 权限，错误码：10005"
	case !stateForm.MatchString(a.state):
		return a, "参数错误：state 只能为字母和数字，最多128个"
	}
	return a, ""
}

// authorize sends a browser back with a code: without a word for snsapi_base,
// after a question for snsapi_userinfo. A browser that came there without anybody
// having touched it sees a snapshot, and its code is that of nobody.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	a, wrong := p.readAuthorize(r)
	if wrong != "" {
		p.turnAway(w, wrong)
		return
	}
	switch {
	case a.scope == scopeBase:
		p.letIn(w, r, a, userOf(w, r))
	case r.Header.Get("Sec-Fetch-User") != "?1":
		p.letIn(w, r, a, snapshotMark+newOpenID())
	default:
		userOf(w, r)
		view := brand()
		view.Headline, view.Good = "微信登录", true
		view.Detail = a.merchant.title() + " 申请获取你的昵称、头像"
		view.Buttons = []desk.Button{{Action: "allow", Text: "允许"}, {Action: "cancel", Text: "拒绝"}}
		desk.Render(w, http.StatusOK, view)
	}
}

// consent is the answer to the question.
func (p *Provider) consent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	a, wrong := p.readAuthorize(r)
	switch {
	case wrong != "":
		p.turnAway(w, wrong)
	case r.PostFormValue("action") == "allow":
		p.letIn(w, r, a, userOf(w, r))
	default:
		view := brand()
		view.Headline, view.Detail = "已拒绝授权", "可以关闭此页面。"
		desk.Render(w, http.StatusOK, view)
	}
}

func (p *Provider) turnAway(w http.ResponseWriter, why string) {
	view := brand()
	view.Headline, view.Detail = "无法访问", why
	desk.Render(w, http.StatusBadRequest, view)
}

func (p *Provider) letIn(w http.ResponseWriter, r *http.Request, a asked, openid string) {
	code := p.logins.issue(login{
		appID: a.merchant.AppID, openid: openid, scope: a.scope, at: p.deps.Pace.Now(),
	})
	back := *a.redirect
	query := back.Query()
	query.Set("code", code)
	query.Set("state", a.state)
	back.RawQuery = query.Encode()
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, back.String(), http.StatusFound)
}
