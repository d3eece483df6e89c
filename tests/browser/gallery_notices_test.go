package browser

import (
	"strings"
	"time"

	"github.com/friendpay/friendpay/web"
)

// nowhere are the notices of addresses and forms that belong to no request that could be shown.
var nowhere = map[string]bool{
	"unknown": true, "limited": true, "unavailable": true, "session": true, "foreign": true, "other_link": true,
	"bad": true, "used": true, "for_contact": true, "heard": true, "own": true,
}

// passing are the notices whose page keeps itself up to date, since what they say may change.
var passing = map[string]bool{
	"taken": true, "confirming": true, "paused": true, "checking": true, "no_way": true, "outage": true,
	"elsewhere": true, "tomorrow": true, "limit": true, "stopped": true, "too_late": true, "buyer_only": true,
}

// noticeStates are all notices, and each way in which one may go on.
func noticeStates() []state {
	var all []state
	for _, name := range web.Notices {
		if name != "elsewhere" { // which never comes without its steps
			all = append(all, noticeState(name, "", nil))
		}
	}
	return append(all,
		noticeState("taken", "wait", func(v *web.Notice) { v.Wait = 3*time.Minute + 40*time.Second }),
		noticeState("taken", "mine", func(v *web.Notice) { v.Wait, v.Mine = 40*time.Second, web.MineExchange }),
		noticeState("confirming", "mine", func(v *web.Notice) { v.Mine = web.MineSession }),
		noticeState("paid", "mine", func(v *web.Notice) { v.Mine = web.MineExchange }),
		noticeState("expired", "mine", func(v *web.Notice) { v.Mine = web.MineSession }),
		noticeState("limited", "wait", func(v *web.Notice) { v.Wait = 45 * time.Second }),
		noticeState("heard", "mine", func(v *web.Notice) { v.Mine = web.MineSession }),
		noticeState("stranger", "report", func(v *web.Notice) { v.MayReport = true }),
		noticeState("elsewhere", "handoff", func(v *web.Notice) { v.Elsewhere = web.MineExchange }),
		noticeState("elsewhere", "handoff-inside", func(v *web.Notice) { v.Elsewhere = web.MineSession }),
		noticeState("elsewhere", "mine", func(v *web.Notice) {
			v.Elsewhere, v.Mine = web.MineExchange, web.MineExchange
		}),
		noticeState("taken", "hidden-asker", func(v *web.Notice) { v.Card.Asker = "" }),
		noticeState("paid", "long-names", func(v *web.Notice) { longNames(v.Card) }),
	)
}

// noticeState is one of them, about the order where there is one to speak of.
func noticeState(name, variant string, change func(*web.Notice)) state {
	view, about := web.Notice{Name: name}, pot
	if !nowhere[name] {
		view.Card = &about
	}
	if change != nil {
		change(&view)
	}
	called := strings.ReplaceAll("notice-"+name, "_", "-")
	if variant != "" {
		called += "-" + variant
	}
	s := shows(called, web.NoticePage, view)
	if passing[name] {
		s.page.Refresh = longRefresh
	}
	return s
}
