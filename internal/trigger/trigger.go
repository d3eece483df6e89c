// Package trigger makes things happen in test mode, for a developer who wants to see his webhooks work: a
// real request, a simulated friend who pays it at the provider's simulator, and whatever else leads to the
// event. Nothing is made up: it comes the way it always comes. It knows the outside of the API only.
package trigger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/client"
)

// Stage is where it happens.
type Stage struct {
	API       *client.API
	Simulator string // its address: http://127.0.0.1:8090
	App       string
	Channel   string // of the simulated provider "mockpay"
	Fen       int64  // what the order costs

	request string // that it is about, from when it is placed
	link    string
	version int64
}

// story is how one event comes about.
type story struct {
	event string // that it ends with
	about string
	play  func(context.Context, *Stage) error
}

// stories are what can be made to happen, by name; names are those of events, or what people look for.
var stories = map[string]story{
	client.RequestOpened:         {client.RequestOpened, "a request is placed", place},
	client.RequestPaying:         {client.RequestPaying, "and a friend begins to pay", beginToPay},
	client.RequestSlotFreed:      {client.RequestSlotFreed, "and he gives up", giveUp},
	client.RequestSettled:        {client.RequestSettled, "a friend pays it", settle},
	client.RequestPriceRisen:     {client.RequestPriceRisen, "its price rises; the buyer is asked", raisePrice},
	client.RequestRefunding:      {client.RequestRefunding, "a friend pays, and a refund is asked for", refund},
	client.RequestRefunded:       {client.RequestRefunded, "and the refund is done", refund},
	client.RequestEnded:          {client.RequestEnded, "a request is cancelled", cancel},
	client.RequestMoneyReturning: {client.RequestMoneyReturning, "money comes too late, and goes back", payLate},
	"request.cancelled":          {client.RequestEnded, "the same as request.ended", cancel},
	"request.expired":            {client.RequestEnded, "nobody pays for a minute (of the law's time)", expire},
	"refund.done":                {client.RequestRefunded, "the same as request.refunded", refund},
	"payment.late":               {client.RequestMoneyReturning, "the same as request.money_returning", payLate},
}

// Known is a thing that can be made to happen.
type Known struct {
	Name  string `json:"name"`
	Event string `json:"event"` // that its last webhook is of
	About string `json:"about"`
}

// List is all that can be made to happen, by name.
func List() []Known {
	list := make([]Known, 0, len(stories))
	for name, s := range stories {
		list = append(list, Known{name, s.event, s.about})
	}
	slices.SortFunc(list, func(a, b Known) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// unplayed are the events that neither merchant nor buyer nor friend brings about, and how to see one.
var unplayed = map[string]string{
	client.RequestReminder:    "time brings it: wait half of the request's life without a friend who is known",
	client.RequestPaused:      "only staff hold a request: friendpay staff do hold",
	client.RequestResumed:     "only staff let a held request go on: friendpay staff do lift",
	client.RequestRefundStuck: "only a provider that fails brings it: make the simulator refuse a refund",
}

// What is refused before anything is done.
var (
	ErrUnknown = errors.New("nothing of that name can be made to happen; see --list")
	// ErrUnplayed is wrapped with who brings the event about instead.
	ErrUnplayed = errors.New("this one is not yours to make happen")
	ErrLive     = errors.New("the key is not of test mode: nothing is made to happen with people's money")
)

// happened ends the following of events.
var errHappened = errors.New("it happened")

// Happen makes the event of that name happen, and waits until the merchant is told: the event is the answer.
func (s *Stage) Happen(ctx context.Context, name string) (client.AccountEventView, error) {
	var told client.AccountEventView
	wanted, known := stories[name]
	switch {
	case unplayed[name] != "":
		return told, fmt.Errorf("%w: %s", ErrUnplayed, unplayed[name])
	case !known:
		return told, ErrUnknown
	case !s.API.IsTest():
		return told, ErrLive
	}
	after, err := s.newest(ctx)
	if err != nil {
		return told, err
	}
	if err := wanted.play(ctx, s); err != nil {
		return told, fmt.Errorf("make %s happen: %w", name, err)
	}
	err = s.API.Follow(ctx, s.App, after, func(e client.AccountEventView) error {
		if e.Body.Type == wanted.event && e.Body.Data.Request == s.request {
			told = e
			return errHappened
		}
		return nil
	})
	if !errors.Is(err, errHappened) {
		return told, fmt.Errorf("wait for %s of %s: %w", wanted.event, s.request, err)
	}
	return told, nil
}

// newest is how far the app has been told.
func (s *Stage) newest(ctx context.Context) (int64, error) {
	const most = 200
	for after, limit := int64(0), int64(most); ; {
		page, err := s.API.Events(ctx, client.ListAccountEventsParams{App: &s.App, After: &after, Limit: &limit})
		if err != nil {
			return 0, err
		}
		if after = page.Next; len(page.Events) < most {
			return after, nil
		}
	}
}

func place(ctx context.Context, s *Stage) error { return s.place(ctx, 0) }

// place asks for a friend's help; 0 seconds is as long as the app gives.
func (s *Stage) place(ctx context.Context, seconds int64) error {
	number, version := "trigger-"+rand.Text()[:12], int64(1)
	in := client.PlaceInBody{Order: &client.OrderIn{
		App: s.App, Number: number, Title: "Triggered", Kind: new("physical"), PriceVersion: &version,
		Payable: client.Amount{Minor: s.Fen, Currency: "CNY"},
		Buyer:   client.BuyerIn{ID: "trigger", Name: new("王小明")},
	}}
	if seconds > 0 {
		in.ExpiresInSeconds = &seconds
	}
	placed, err := s.API.Place(ctx, number, in)
	if err != nil {
		return fmt.Errorf("place a request: %w", err)
	}
	if placed.Link == nil {
		return errors.New("the request has no link; its worker may be down")
	}
	s.request, s.link, s.version = placed.ID, placed.Link.URL, placed.PriceVersion
	return nil
}

// until asks again and again, for what takes the engine a moment.
func until(ctx context.Context, holds func() (bool, error)) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := holds()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// browser is how the friend's browser describes itself: at a desk, where the mockpay channel works.
const browser = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"

var noRedirects = &http.Client{
	Timeout:       20 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}
