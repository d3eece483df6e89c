package browser

import (
	"strings"
	"time"

	"github.com/friendpay/friendpay/web"
)

const friendsPhone = "138****8000"

// payState is the friend's page after the exchange.
func payState(name string, change func(*web.Pay)) state {
	view := web.Pay{
		Card: pot, PriceVersion: 1, Channels: []web.Channel{byWechat, byAlipay}, Chosen: byWechat,
	}
	change(&view)
	return shows("pay-"+name, web.PayPage, view)
}

// loggedIn is who has logged in.
func loggedIn(v *web.Pay) { v.LoggedIn, v.Payer = true, friendsPhone }

// payStates are the steps of the page to pay on.
func payStates() []state {
	sent := func(v *web.Pay) { v.Phone, v.CodeSent = "13800138000", true }
	return []state{
		payState("login", func(*web.Pay) {}), payState("code-sent", sent),
		payState("login-saving", func(v *web.Pay) {
			v.Channels = []web.Channel{saving(byWechat, "merchant"), byAlipay}
		}),
		payState("provider-login", func(v *web.Pay) { v.Channels = []web.Channel{binding(byWechat)} }),
		payState("provider-login-saving", func(v *web.Pay) {
			v.Channels = []web.Channel{saving(binding(byWechat), "channel"), byAlipay}
		}),
		payState("provider-logins", func(v *web.Pay) {
			v.Channels = []web.Channel{binding(byWechat), binding(byAlipay), bankCard}
		}),
		payState("issuer", func(v *web.Pay) { v.Issuer = true }),
		payState("must-say", func(v *web.Pay) { v.MustSay = true }),
		payState("must-say-wrong", func(v *web.Pay) { v.MustSay, v.Problem = true, refused("asker_wrong") }),
		payState("look", func(v *web.Pay) { v.Look = true }),
		payState("look-code-sent", func(v *web.Pay) { sent(v); v.Look = true }),
		payState("look-provider", func(v *web.Pay) { v.Look, v.Channels = true, []web.Channel{binding(byWechat)} }),
		payState("confirm", func(v *web.Pay) { loggedIn(v); v.Channels = v.Channels[:1] }),
		payState("confirm-two", loggedIn),
		payState("confirm-none-chosen", func(v *web.Pay) { loggedIn(v); v.Chosen = web.Channel{} }),
		payState("confirm-five", func(v *web.Pay) { loggedIn(v); v.Channels = fiveWays }),
		payState("confirm-saving", func(v *web.Pay) {
			loggedIn(v)
			v.Chosen = saving(byWechat, "merchant", "platform")
			v.Channels = []web.Channel{v.Chosen, saving(byAlipay, "channel")}
		}),
		payState("confirm-no-phone", func(v *web.Pay) { loggedIn(v); v.Payer = "" }),
		payState("confirm-other-login", func(v *web.Pay) {
			loggedIn(v)
			v.Channels = []web.Channel{byWechat, binding(byAlipay)}
		}),
		payState("confirm-left-today", func(v *web.Pay) {
			loggedIn(v)
			v.Chosen = leftOver(byWechat, 50_000)
			v.Channels = []web.Channel{v.Chosen, leftOver(byAlipay, 50_000)}
		}),
		payState("confirm-left-by-channel", func(v *web.Pay) {
			loggedIn(v)
			v.Chosen = leftOver(byWechat, 20_000)
			v.Channels = []web.Channel{v.Chosen, leftOver(byAlipay, 50_000)}
		}),
		payState("pledged", func(v *web.Pay) { v.Pledged = noon.Add(8 * time.Hour) }),
		payState("confirm-pledged", func(v *web.Pay) { loggedIn(v); v.Pledged = noon.Add(8 * time.Hour) }),
		payState("long-names", func(v *web.Pay) { loggedIn(v); longNames(&v.Card); v.Channels = fiveWays }),
	}
}

// atLogin are the refusals that a friend meets before he is logged in; all others come after it.
var atLogin = map[string]bool{
	"bad_phone": true, "code_wrong": true, "code_expired": true, "code_too_soon": true, "code_daily_limit": true,
	"code_tries": true, "login_over": true, "login_failed": true, "login_refused": true,
	"login_unavailable": true,
	"no_provider_login": true, "sms_unavailable": true, "too_often": true, "login_first": true,
	"login_needed": true, "no_issuer": true, "snapshot": true,
}

// waiting are the refusals that say how long.
var waiting = map[string]bool{"code_too_soon": true, "too_often": true, "slot_taken": true}

// refusalStates hold each refusal that pages have words for, on the page where a friend meets it.
func refusalStates() []state {
	var all []state
	for _, reason := range append([]string{"nobody_has_words_for_this"}, web.Reasons...) {
		all = append(all, payState("refused-"+strings.ReplaceAll(reason, "_", "-"), func(v *web.Pay) {
			v.Problem = refused(reason)
			if waiting[reason] {
				v.Problem.Wait = 42 * time.Second
			}
			if atLogin[reason] {
				v.Phone, v.CodeSent = "13800138000", strings.HasPrefix(reason, "code_")
				return
			}
			loggedIn(v)
		}))
	}
	return all
}
