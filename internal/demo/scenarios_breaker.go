package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// pausable is short enough to be over during an outage, and leaves time to pay after it.
const pausable = 10 * time.Minute

// playOutageStopsTheClock lets the provider make no orders. One request waits, one is being
// paid, and three cannot be begun, which is how the breaker learns of it.
func playOutageStopsTheClock(ctx context.Context, s *story) error {
	if s.channel.local {
		s.tell("nobody is asked when an order is made: there is nothing to break", models.Open)
		plain := tale{"plain", playPaid, expected{}}
		return s.together(ctx, plain, plain, plain, plain, plain)
	}
	settled := expected{State: models.Settled, Captured: price, Applied: price}
	waiting, payer := s.sibling("waiting", settled), s.sibling("under way", settled)
	waiting.only = []string{s.options.Channel}
	made, err := payer.begin(ctx, hour)
	if err != nil {
		return err
	}
	unlucky, err := s.unlucky(ctx, settled)
	if err != nil {
		return err
	}
	if err := waiting.place(ctx, pausable); err != nil {
		return err
	}
	if err := s.down(ctx); err != nil {
		return err
	}
	var pressed sync.WaitGroup
	for _, f := range unlucky {
		pressed.Go(func() { _, _ = f.pay(ctx) }) // he is told to wait, or that it did not work
	}
	if err := waiting.cutOff(ctx); err != nil {
		return err
	}
	if err := payer.channel.press(ctx, s.provider, made); err != nil {
		return fmt.Errorf("pay at the provider: %w", err)
	}
	payer.tell("what began before is paid meanwhile", models.Paying)
	if err := waiting.outlives(ctx); err != nil {
		return err
	}
	s.tell("the provider is back", models.Paused)
	if err := s.provider.mend(ctx); err != nil {
		return err
	}
	pressed.Wait()
	return errors.Join(payer.settled(ctx), waiting.goesOn(ctx), s.comeAgain(ctx, unlucky))
}

// unlucky are three friends, each of an order of his own, who are about to pay.
func (s *story) unlucky(ctx context.Context, want expected) (friends []*friend, err error) {
	for _, name := range []string{"in vain", "in vain, too", "in vain as well"} {
		other := s.sibling(name, want)
		if err := other.place(ctx, hour); err != nil {
			return nil, err
		}
		f, err := other.newFriend(ctx)
		if err != nil {
			return nil, err
		}
		friends = append(friends, f)
	}
	return friends, nil
}

// down takes the provider away for new orders, and for questions.
func (s *story) down(ctx context.Context) error {
	for _, op := range []string{"create", "query"} {
		broken := fault{Provider: s.channel.provider, Op: op, Mode: "error_before", Count: -1}
		if err := s.provider.spoil(ctx, broken); err != nil {
			return err
		}
	}
	s.tell("the provider answers nothing but errors", models.Open)
	return nil
}

// told is what merchant and friend see of a pause.
type told struct {
	State     models.State `json:"state"`
	PausedFor string       `json:"paused_for"`
	ExpiresAt time.Time    `json:"expires_at"`
	Channels  []struct {
		ID string `json:"id"`
	} `json:"channels"`
}

func (s *story) look(ctx context.Context) (seen told, err error) {
	address := s.house.APIURL + "/v1/requests/" + s.request
	return seen, call(ctx, http.DefaultClient, http.MethodGet, address, s.merchant(), nil, &seen)
}

// cutOff waits for the breaker and holds what everybody is told against it.
func (s *story) cutOff(ctx context.Context) error {
	if err := s.await(ctx, models.Paused); err != nil {
		return err
	}
	breakers, err := s.house.Parts.Store.Breakers(ctx, local.DemoApp)
	if err != nil {
		return err
	}
	if broken := policy.BrokenOn(breakers, "", time.Now()); len(broken) != 1 || broken[0] != s.options.Channel {
		return fmt.Errorf("%v are taken away, not %s alone", broken, s.options.Channel)
	}
	seen, err := s.look(ctx)
	if err != nil || seen.PausedFor != models.Outage {
		return errors.Join(err, fmt.Errorf("the merchant is told of a pause for %q", seen.PausedFor))
	}
	f := &friend{story: s, cookies: map[string]string{}}
	var page told
	if err := errors.Join(f.open(ctx), f.get(ctx, "/v1/link", &page)); err != nil {
		return err
	}
	if page.PausedFor != models.Outage || len(page.Channels) > 0 {
		return fmt.Errorf("the friend is told of a pause for %q, and offered %v", page.PausedFor, page.Channels)
	}
	s.tell("the breaker is open, its channel hidden; time stands still, and both are told", models.Paused)
	return s.refusedForNow(ctx)
}

// refusedForNow: another order that nothing else could pay is told to come later.
func (s *story) refusedForNow(ctx context.Context) error {
	late := s.sibling("", expected{})
	late.only, late.quiet = s.only, true
	err := late.place(ctx, hour)
	var p *problem
	if !errors.As(err, &p) || p.Reason != "not_eligible" || len(p.Reasons) != 1 {
		return fmt.Errorf("another order was not refused: %w", err)
	}
	if why := p.Reasons[0]; why.Rule != policy.ChannelOutage || why.Fix != policy.FixLater {
		return fmt.Errorf("another order was refused for %s, way out %s", why.Rule, why.Fix)
	}
	s.tell("another order is refused: channel_outage, later", models.Paused)
	return nil
}

// outlives waits until its time would have been up, and sees that it is not.
func (s *story) outlives(ctx context.Context) error {
	before, err := s.look(ctx)
	if err != nil {
		return err
	}
	past := func() (bool, error) { return time.Now().After(before.ExpiresAt), nil }
	err = s.until(ctx, "its time to pass", past)
	if err != nil {
		return err
	}
	seen, err := s.look(ctx)
	if err == nil && seen.State != models.Paused {
		err = fmt.Errorf("the clock ran on: it is %s", seen.State)
	}
	s.tell("its time has passed, and it has not ended", seen.State)
	return err
}

// goesOn: the probe closes the breaker, what was left of the time is left still, and he pays.
func (s *story) goesOn(ctx context.Context) error {
	if err := s.await(ctx, models.Open); err != nil {
		return err
	}
	seen, err := s.look(ctx)
	if err != nil {
		return err
	}
	if left := time.Until(seen.ExpiresAt); left <= 0 || left > pausable/speed || seen.PausedFor != "" {
		return fmt.Errorf("it is open with %s left, paused for %q", left, seen.PausedFor)
	}
	s.tell("a probe found the provider alive: the time that was left runs on", models.Open)
	return s.payAnew(ctx, nil)
}

// comeAgain lets those pay who could not, once everybody may.
func (s *story) comeAgain(ctx context.Context, friends []*friend) error {
	if err := s.whole(ctx); err != nil {
		return err
	}
	s.tell("the breaker is closed", models.Open)
	for _, f := range friends {
		if err := f.payAnew(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}
