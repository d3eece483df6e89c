package browser

import (
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// withoutStreams fails every stream that the visit's pages open.
func (v *visit) withoutStreams() *visit {
	v.t.Helper()
	_, err := chromedp.Call(v.tab, network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*/stream?*", Block: true}, {
			URLPattern: "*://*:*/*/stream", Block: true,
		}},
	})
	require.NoError(v.t, err)
	return v
}

// withDyingStreams lets each stream open, says nothing on it, and ends it: as a proxy does that collects
// what it is to pass on.
func (v *visit) withDyingStreams() *visit {
	v.t.Helper()
	require.NoError(v.t, chromedp.Listen(v.tab, func(event any) {
		paused, ok := event.(*fetch.EventRequestPaused)
		if !ok {
			return
		}
		go func() { // a command from here would wait for itself
			_, _ = chromedp.Call(v.tab, fetch.FulfillRequest, fetch.FulfillRequestParams{
				RequestID: paused.RequestID, ResponseCode: 200,
				ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "text/event-stream"}},
				Body:            []byte(": hello\n\n"),
			})
		}()
	}))
	_, err := chromedp.Call(v.tab, fetch.Enable, fetch.EnableParams{
		Patterns: []*fetch.RequestPattern{{URLPattern: "*/stream*"}},
	})
	require.NoError(v.t, err)
	return v
}

// Where no stream holds, the pages ask: the friend's turns to "paid", and so does the buyer's.
func TestPagesTurnWithoutStreams(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	for name, cut := range map[string]func(*visit) *visit{
		"blocked": (*visit).withoutStreams, "dying": (*visit).withDyingStreams,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			buyer, friend, inHand := cut(newVisit(t, house)), cut(newDesk(t, house)), newVisit(t, house)
			log := friend.listen()
			friend.open(buyer.ask())
			friend.turn("form.choices button[value=alipay_qr]")
			friend.login(ownPhone())
			inHand.scans(friend, "alipay")
			inHand.press("button.pay")
			friend.sees("article.notice.paid")
			buyer.sees("article.notice.settled")
			require.True(t, log.saw("/v1/link/stream"), "the page has tried one")
		})
	}
}
