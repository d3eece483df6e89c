package integration

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// crowd is how many ask for the same thing at one moment, over two processes.
const crowd = 200

// rush lets a crowd make one call each, and counts the answers by status and reason. An
// answer of 500 and above is none.
func (e *engine) rush(do func(i int, c *child) answer) map[string]int {
	e.t.Helper()
	apis := []*child{e.api(), e.api()}
	answers := make([]answer, crowd)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			<-start
			answers[i] = do(i, apis[i%len(apis)])
		})
	}
	close(start)
	all.Wait()
	tally := map[string]int{}
	for _, a := range answers {
		require.NoError(e.t, a.err)
		tally[fmt.Sprintf("%d %s", a.status, a.reason())]++
		require.Less(e.t, a.status, http.StatusInternalServerError, "%s", a.body)
	}
	e.t.Log(tally)
	return tally
}

func TestACrowdPlacesOneOrder(t *testing.T) {
	e := newEngine(t)
	e.trade()
	tally := e.rush(func(i int, c *child) answer {
		return c.post("/v1/requests", merchantKey, fmt.Sprint("k", i), wishFor("A1"))
	})
	require.Equal(t, 1, tally["201 "], "one of them made it")
	require.Equal(t, crowd-1, tally["200 "], "the others were given the same")
	require.Equal(t, 1, e.count("SELECT count(*) FROM orders"))
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests"))
	require.Equal(t, 1, e.count("SELECT count(DISTINCT request_id) FROM invites"))
}

// friend is a logged-in friend's cookie for an invite of his own.
func (e *engine) friend(tokens *token.Tokens, request models.Request) string {
	e.t.Helper()
	ctx, number := e.t.Context(), mint.Number()
	payer, err := e.store.PayerByPhone(ctx, fmt.Sprintf("1390013%04d", e.friends.Add(1)))
	require.NoError(e.t, err)
	invite, err := e.store.CreateInvite(ctx, store.Invite{
		ID: mint.ID(mint.Invite), Request: request.ID, Generation: 1, TokenHash: []byte(number + "000000")[:32],
		ExpiresAt: request.ExpiresAt, CreatedAt: time.Now().UTC(),
	})
	require.NoError(e.t, err)
	claims := token.PayerClaims{Request: request.ID, Invite: invite.ID, Payer: payer.ID}
	raw, _, err := tokens.SignPayer(claims, 0)
	require.NoError(e.t, err)
	return api.PayerCookie + "=" + raw
}

func (e *engine) tokens() *token.Tokens {
	e.t.Helper()
	key := func(id string) []token.Key {
		return []token.Key{{ID: id, Private: ed25519.NewKeyFromSeed(make([]byte, vault.KeySize))}}
	}
	tokens, err := token.New(token.Options{
		Issuer: publicURL, Now: time.Now, Keys: map[token.Audience][]token.Key{
			token.Payer: key("p1"), token.Buyer: key("b1"), token.Staff: key("s1"),
		},
	})
	require.NoError(e.t, err)
	return tokens
}

func TestACrowdOfFriendsAsksForTheOneSlot(t *testing.T) {
	e := newEngine(t)
	e.trade()
	request, tokens := e.place(wish{}), e.tokens()
	friends := make([]string, crowd)
	for i := range friends {
		friends[i] = e.friend(tokens, request)
	}
	body := map[string]any{
		"channel": "mockpay", "quote": map[string]any{"minor": 12900, "currency": "CNY", "price_version": 1},
	}
	tally := e.rush(func(i int, c *child) answer {
		return c.post("/v1/link/attempts", friends[i], fmt.Sprint("k", i), body)
	})
	require.Equal(t, 1, tally["201 "]+tally["202 "])
	require.Equal(t, crowd-1, tally["409 slot_taken"])
	require.Equal(t, 1, e.count("SELECT count(*) FROM attempts"))
	require.Equal(t, 1, e.moved("").Count, "orders at the provider")
}

func TestACrowdOfRefundsNeverExceedsThePayment(t *testing.T) {
	e := newEngine(t)
	e.trade()
	request := e.settled()
	body := map[string]any{"amount": map[string]any{"minor": 1000, "currency": "CNY"}}
	tally := e.rush(func(i int, c *child) answer {
		return c.post("/v1/requests/"+request.ID+"/refunds", merchantKey, fmt.Sprint("k", i), body)
	})
	require.Equal(t, 12, tally["201 "]+tally["202 "], "12 times 10 yuan of 129")
	require.Equal(t, crowd-12, tally["409 refund_exceeds"])
	require.Equal(t, 12, e.count("SELECT count(*) FROM refunds"))
	require.Equal(t, 12000, e.count("SELECT refunded_minor FROM attempts WHERE number = $1", request.Winner))
}
