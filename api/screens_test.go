package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// replay is a request whose pages are kept as they were served, to be held against what the
// time machine says of those moments later.
type replay struct {
	*friends
	t      *testing.T
	id     string
	frozen time.Time // the moment, while a page is served; zero: it runs
	served []served
}

type served struct {
	at         time.Time
	side, kind string
	html       string
}

func newReplay(t *testing.T) *replay {
	r := &replay{t: t}
	r.friends = newFriends(t, func(d *Deps) {
		d.Clock = func() time.Time {
			if r.frozen.IsZero() {
				return time.Now()
			}
			return r.frozen
		}
	})
	r.openShop()
	placed := (&visitor{friends: r.friends}).post("/shop/requests")
	require.Equal(t, http.StatusSeeOther, placed.Code, placed.Body)
	r.id = strings.TrimPrefix(placed.Header().Get("Location"), "/shop/requests/")
	return r
}

// see keeps what somebody is served right now.
func (r *replay) see(v *visitor, path, side, kind string) {
	r.t.Helper()
	r.frozen = time.Now()
	got, at := v.get(path), r.frozen
	r.frozen = time.Time{}
	require.Less(r.t, got.Code, http.StatusInternalServerError)
	require.NotContains(r.t, []int{http.StatusSeeOther, http.StatusFound}, got.Code, path)
	r.served = append(r.served, served{at, side, kind, got.Body.String()})
}

func (r *replay) buyer() {
	r.t.Helper()
	r.see(&visitor{friends: r.friends}, "/shop/requests/"+r.id, machine.BuyerSide, machine.BuyerSide)
}

// hidesSecret are parts of a page that are made of a secret, though they do not show it: pictures of links,
// and the mark of what the page says.
var hidesSecret = regexp.MustCompile(`(?s)<svg class="qr".*?</svg>|data-mark="\w+"`)

// linksAt is how far the links of a page were, which its stream goes on from: the machine has no stream.
var linksAt = regexp.MustCompile(`(stream\?after=\d+)-\d+`)

// withoutKey is what a form is sent with once; a page that nobody sends has none.
var withoutKey = regexp.MustCompile(`(name="key" value=")\w+`)

// bare is a page without them.
func bare(html string) string {
	return linksAt.ReplaceAllString(hidesSecret.ReplaceAllString(html, ""), "$1")
}

// veil hides in a served page what the time machine never shows.
func (r *replay) veil(html string) string {
	invites, err := r.store.Invites(r.t.Context(), r.id)
	require.NoError(r.t, err)
	for _, invite := range invites {
		secret := r.server.Links.Token(invite.ID, int64(invite.Generation))
		html = strings.NewReplacer(secret, hidden, token.Code(secret), hidden).Replace(html)
		if invite.Label != "" {
			html = strings.ReplaceAll(html, invite.Label, veiledLabel)
		}
	}
	return withoutKey.ReplaceAllString(bare(strings.ReplaceAll(html, bankPage, "#hidden")), "")
}

func (r *replay) settle(v *visitor) models.Request {
	r.t.Helper()
	stored := r.happen(r.id, captured12900())
	refused, err := r.store.ClaimOrder(r.t.Context(), store.Claim{
		Order: stored.Order, Request: r.id, Attempt: stored.Winner, Price: stored.Payable,
		PriceVersion: stored.PriceVersion,
	})
	require.NoError(r.t, err)
	require.Empty(r.t, refused)
	return r.happen(r.id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
}

// others asks a second friend, who opens his link and will not pay, and names the first.
func (r *replay) others() {
	r.t.Helper()
	address, shop := "/shop/requests/"+r.id, &visitor{friends: r.friends}
	second := shop.invited(address, "小李")
	r.buyer()
	require.NoError(r.t, r.store.OpenInvite(r.t.Context(), second))
	r.buyer()
	first := strings.Replace(r.id, mint.Request, mint.Invite, 1)
	require.Equal(r.t, http.StatusSeeOther, shop.post(address+"/friends/"+first+"/label", "name", "老张").Code)
	r.buyer()
	require.NoError(r.t, r.store.DeclineInvite(r.t.Context(), second, "no"))
	r.buyer()
}

// live takes a request through a friend's payment and its refund, and keeps every page.
func (r *replay) live() (invite, payer string) {
	r.t.Helper()
	invite = strings.Replace(r.id, mint.Request, mint.Invite, 1)
	stranger := &visitor{friends: r.friends}
	link := "/f/" + r.secret(r.id)
	r.see(stranger, link, invite, "link")
	r.buyer()
	dialled := (&visitor{friends: r.friends}).post("/shop/requests/"+r.id+"/card", "shows", "surprise",
		"message", "先保密")
	require.Equal(r.t, http.StatusSeeOther, dialled.Code, dialled.Body)
	r.see(stranger, link, invite, "link") // from now on a surprise, and before it was none
	r.buyer()
	r.others()
	v := r.visit(r.id)
	r.see(v, "/pay", invite, "pay")
	v.logIn("13800138000")
	came, err := r.store.VisitorsAt(r.t.Context(), r.id, time.Now())
	require.NoError(r.t, err)
	require.Len(r.t, came, 1)
	payer = came[0].Payer
	own := invite + "." + payer
	r.see(v, "/pay", own, "pay")
	r.buyer()
	require.Equal(r.t, http.StatusSeeOther, v.pay().Code)
	r.see(v, "/pay/result", own, "result")
	r.buyer()
	r.settle(v)
	r.see(v, "/pay/result", own, "result")
	r.buyer()
	thanked := (&visitor{friends: r.friends}).post("/shop/requests/"+r.id+"/thanks", "say", "谢谢你")
	require.Equal(r.t, http.StatusSeeOther, thanked.Code, thanked.Body)
	r.see(v, "/pay/result", own, "result")
	r.buyer()
	refund, back := mint.Number(), models.CNY(12900)
	r.happen(r.id, models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back, Reason: "wrong_size"})
	r.see(v, "/pay/result", own, "result")
	r.happen(r.id, models.Event{Kind: models.RefundDone, Refund: refund})
	r.see(v, "/pay/result", own, "result")
	r.buyer()
	return invite, payer
}

// What the time machine shows of a moment is byte for byte what was served at it.
func TestTheScreensOfAMomentAreThoseThatWereServed(t *testing.T) {
	r := newReplay(t)
	r.live()
	for i, was := range r.served {
		got, err := r.server.past.Screen(t.Context(), r.id, was.side, was.at, web.Chinese)
		require.NoError(t, err, "%d: %s at %s", i, was.side, was.at)
		require.Equal(t, was.kind, got.Kind, i)
		require.Equal(t, bare(r.veil(was.html)), bare(got.HTML), "%d: %s", i, was.kind)
		if was.kind != "link" {
			require.Empty(t, got.Gaps, i) // of whoever only looked nothing is kept, and that is said
		}
		for _, secret := range []string{r.secret(r.id), token.Code(r.secret(r.id)), bankPage, "13800138000"} {
			require.NotContains(t, got.HTML, secret)
		}
	}
	require.NotEqual(t, r.served[0].html, r.served[len(r.served)-1].html)
}
