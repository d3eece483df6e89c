package browser

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

// state is one page as somebody may see it; its name is unique: pictures and complaints are called so.
type state struct {
	name string
	page web.Page
}

// topic is what is shown together on the contact sheet.
type topic struct {
	name   string
	states []state
}

// topics are all pages in all their states.
func topics() []topic {
	all := []topic{
		{"link", linkStates()}, {"ways", wayStates()}, {"notices", noticeStates()}, {"pay", payStates()},
		{"refusals", refusalStates()}, {"result", resultStates()}, {"refunds", refundStates()},
		{"shop", shopStates()}, {"request", requestStates()},
		{"friends", friendsStates()}, {"privacy", privacyStates()}, {"lists", listsStates()},
	}
	for _, one := range all {
		for i := range one.states {
			page := &one.states[i].page
			if sends, shop := ofShop[page.Template]; shop {
				page.Shop, page.Buyer = true, sends
			}
		}
	}
	return all
}

// gallery is every page in every state.
func gallery() []state {
	var all []state
	for _, t := range topics() {
		all = append(all, t.states...)
	}
	return all
}

// ofShop are the pages that a merchant's shop draws; those with a link to send have its script.
var ofShop = map[web.Template]bool{
	web.OrderPage: false, web.ReceiptPage: false, web.AskedPage: false,
	web.RequestPage: true, web.InvitePage: true, web.RevokePage: true, web.PrivacyPage: false,
}

// shows is one state of a page.
func shows(name string, template web.Template, view any) state {
	return state{name: name, page: web.Page{Template: template, View: view}}
}

// moving is a state whose page keeps itself up to date.
func moving(s state) state {
	s.page.Refresh, s.page.Stream = longRefresh, stillStream
	return s
}

func TestStatesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range gallery() {
		require.Regexp(t, `^[a-z0-9-]+$`, s.name, "a name is a file's, too")
		require.NotContains(t, names, s.name)
		names = append(names, s.name)
	}
	t.Logf("%d states", len(names))
}

// stateNamed is the state of that name.
func stateNamed(t *testing.T, name string) state {
	t.Helper()
	all := gallery()
	i := slices.IndexFunc(all, func(s state) bool { return s.name == name })
	require.GreaterOrEqual(t, i, 0, "no state %s", name)
	return all[i]
}
