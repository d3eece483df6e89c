package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sent makes an invite for a contact and returns its id and the secret of its link.
func (f *friends) sent(request, contact string) (id, secret string) {
	f.t.Helper()
	made := f.create("/v1/requests/"+request+"/invites", teaKey, `{"contact":"`+contact+`","surface":"app"}`)
	require.Equal(f.t, http.StatusCreated, made.Code, made.Body)
	require.Equal(f.t, true, made.field("for_contact"))
	require.NotContains(f.t, made.Body.String(), contact)
	return made.text("id"), f.server.Links.Token(made.text("id"), 1)
}

// vouch is the merchant's word for a person.
func (f *friends) vouch(person string) string {
	f.t.Helper()
	made := f.call(post, "/v1/payer-tokens", teaKey, `{"app":"app_tea","person":"`+person+`"}`)
	require.Equal(f.t, http.StatusOK, made.Code, made.Body)
	return made.text("token")
}

func TestAContactOpensHisInviteLoggedIn(t *testing.T) {
	f := newFriends(t)
	request := f.place()
	_, secret := f.sent(request, "friend-7")
	v := &visitor{friends: f}
	page := v.get("/f/" + secret).Body.String()
	require.Contains(t, page, " data-contact", "the page sends the word by itself")
	require.NotContains(t, v.get("/f/"+f.secret(request)).Body.String(), " data-contact")

	in := v.post("/f/"+secret, "voucher", f.vouch("friend-7"))
	require.Equal(t, http.StatusSeeOther, in.Code, in.Body)
	require.NotEmpty(t, v.payerOf())
	require.Equal(t, http.StatusOK, v.json(get, "/v1/link", "").Code)
	require.Equal(t, http.StatusSeeOther, v.post("/f/"+secret, "channel", "mock").Code, "and comes back")
	require.Equal(t, http.StatusSeeOther, v.pay().Code)
	r, err := f.store.Request(t.Context(), request)
	require.NoError(t, err)
	require.Len(t, r.Attempts, 1)
	require.Equal(t, v.payerOf(), r.Attempts[0].Payer)
}

func TestNobodyElseUsesAContactsInvite(t *testing.T) {
	f := newFriends(t)
	request := f.place()
	_, secret := f.sent(request, "friend-7")
	over := f.vouch("friend-7")
	other := f.visit(f.place())
	require.Equal(t, http.StatusSeeOther, (&visitor{friends: f}).post("/f/"+secret, "voucher", over).Code)

	var first string
	for name, word := range map[string]string{
		"without a word": "", "with somebody else's": f.vouch("friend-8"), "with a used one": over,
		"with none of ours": "x", "as the buyer": f.vouch("buyer-1"),
	} {
		for _, then := range []string{"", "mine", "decline", "handoff"} {
			v := &visitor{friends: f}
			got := v.post("/f/"+secret, "voucher", word, "channel", "mock", "then", then)
			require.Equal(t, http.StatusForbidden, got.Code, "%s %s", name, then)
			require.Empty(t, v.cookie, name)
			if first == "" {
				first = got.Body.String()
			}
			require.Equal(t, first, got.Body.String(), "one answer to all")
		}
	}
	require.Contains(t, first, "只给一位联系人")
	require.Equal(t, http.StatusForbidden, other.post("/f/"+secret, "channel", "mock").Code, "of another link")
	told := f.call(post, "/f/"+secret, "", "channel=mock", "Content-Type", "application/x-www-form-urlencoded",
		"Accept", "application/json", "Sec-Fetch-Site", "same-origin")
	require.Equal(t, "for_contact", told.text("reason"))
	require.NotEmpty(t, f.visit(request).cookie, "the request's other link stays everybody's")
}

func TestAContactsSessionIsNobodyElses(t *testing.T) {
	f := newFriends(t)
	id, secret := f.sent(f.place(), "friend-7")
	v := &visitor{friends: f}
	require.Equal(t, http.StatusSeeOther, v.post("/f/"+secret, "voucher", f.vouch("friend-7")).Code)
	require.Equal(t, "for_contact", v.json(post, "/v1/link/handoffs", `{}`).text("reason"))
	require.Equal(t, "for_contact", v.json(post, "/v1/link/login/voucher",
		`{"token":"`+f.vouch("friend-8")+`"}`).text("reason"))
	require.Equal(t, http.StatusOK, v.json(post, "/v1/link/login/voucher",
		`{"token":"`+f.vouch("friend-7")+`"}`).Code)
	stored, err := f.store.Invite(t.Context(), id)
	require.NoError(t, err)
	require.NotContains(t, string(stored.ContactIndex), "friend-7")
	require.Len(t, stored.ContactIndex, 32)
	long := f.create("/v1/requests/"+stored.Request+"/invites", teaKey,
		`{"contact":"`+strings.Repeat("x", 65)+`"}`)
	require.Equal(t, http.StatusUnprocessableEntity, long.Code)
}

// Where the app wants it said who asks, a contact says so, too.
func TestAContactSaysWhoAsks(t *testing.T) {
	f := newChecked(t)
	request := f.placeBy("王小明", "13700137021")
	_, secret := f.sent(request, "friend-7")
	v := &visitor{friends: f}
	require.NotContains(t, v.get("/f/"+secret).Body.String(), " data-contact", "there is something to type")
	wrong := v.post("/f/"+secret, "voucher", f.vouch("friend-7"), "asker", "赵")
	require.NotEqual(t, http.StatusSeeOther, wrong.Code)
	require.NotEmpty(t, v.payerOf(), "the word is used and need not be sent again")
	require.Equal(t, http.StatusSeeOther, v.post("/f/"+secret, "channel", "mock", "asker", "王").Code)
}
