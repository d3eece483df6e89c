package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/sink"
	"github.com/friendpay/friendpay/models"
)

// Demo time: half a minute of the law takes a second, and late money is watched
// for during guard, so that a whole life fits into a demo. A slot lasts longer
// than the six seconds after which Temporal gives up on a killed worker.
const (
	speed = 30
	guard = 4 * time.Second
)

// stage is the house that the scenarios are played in.
type stage struct {
	options  Options
	dir      string // state of the servers: what is killed must find it again
	house    *local.House
	sink     *sink.Sink // the merchant's own system
	provider *provider
	channel  channel
	gate     *gate
	orders   atomic.Int64
	friends  atomic.Int64
	crew     *exec.Cmd // works, when another release does
	front    *exec.Cmd // answers, when another release does
}

func newStage(ctx context.Context, options Options) (*stage, error) {
	merchant, err := sink.Open(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "friendpay-demo-")
	if err != nil {
		return nil, errors.Join(err, merchant.Close())
	}
	options.Channel = cmp.Or(options.Channel, DefaultChannel)
	s := &stage{options: options, dir: dir, sink: merchant, gate: new(gate), channel: channels[options.Channel]}
	s.house, err = local.Start(ctx, local.Options{
		Dir: dir, Speed: speed, Guard: guard, Gate: s.gate.before, Log: options.Log,
		WebhookURL: "http://" + merchant.Address() + "/webhooks",
	})
	if err == nil && options.API != "" {
		err = s.yield(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	merchant.Expect(s.house.Demo.WebhookSecret)
	s.provider = &provider{base: s.house.SimURL, name: s.channel.provider}
	return s, nil
}

// yield lets another release answer in the place of this program.
func (s *stage) yield(ctx context.Context) (err error) {
	var address string
	if s.front, address, err = s.spawnAPI(ctx, s.options.API); err != nil {
		return err
	}
	return s.gate.lead(address)
}

// close stops everything and leaves nothing behind.
func (s *stage) close() error {
	errs := []error{s.stopWorker()}
	if s.front != nil {
		errs = append(errs, kill(s.front))
	}
	return errors.Join(errors.Join(errs...), s.house.Close(), s.sink.Close(), os.RemoveAll(s.dir))
}

// reset mends every fault and makes sure that a worker runs.
func (s *stage) reset(ctx context.Context) error {
	if err := s.provider.mend(ctx); err != nil {
		return err
	}
	s.gate.repeat(1)
	if err := s.stopWorker(); err != nil {
		return err
	}
	if err := s.startWorker(ctx); err != nil {
		return err
	}
	return s.whole(ctx)
}

// whole waits until every way to pay is trusted again.
func (s *stage) whole(ctx context.Context) error {
	return until(ctx, "the breakers to close", func() (bool, error) {
		open, err := s.house.Parts.Store.Breakers(ctx, local.DemoApp)
		return len(open) == 0, err
	})
}

// story is one scenario being played.
type story struct {
	*stage
	scenario string
	name     string // which of several; empty: the only one
	want     expected
	quiet    bool // one of many: it tells nothing
	cast     *cast
	request  string
	link     string
	price    int64    // fen, as the demo believes it to be
	version  int64    // of the price
	only     []string // channels that the order allows; empty: all
	buyer    string   // the merchant's id of him; empty: somebody who never asked before
	coupon   int64    // fen of it that a coupon of the provider's pays
	payer    *friend  // who got the right to pay
	made     string   // the number of the attempt he got it by
	rail     rail     // how the buyer pays, of many who do
}

// view is what merchant and friend see of a request, as far as the demo looks.
type view struct {
	ID    string       `json:"id"`
	State models.State `json:"state"`
	Link  struct {
		URL string `json:"url"`
	} `json:"link"`
}

// place is the merchant's server placing an order and asking a friend to pay it.
func (s *story) place(ctx context.Context, expiresIn time.Duration) error {
	n := s.orders.Add(1)
	body := map[string]any{
		"order": map[string]any{
			"app": local.DemoApp, "number": fmt.Sprintf("D%s%d", mint.Number()[:8], n),
			"title": "手冲咖啡壶套装", "kind": "physical", "payable": models.CNY(s.price), "price_version": s.version,
			"buyer":            map[string]string{"id": cmp.Or(s.buyer, fmt.Sprintf("b-%d", n)), "name": "王小明"},
			"allowed_channels": s.only,
		},
		"expires_in_seconds": int(expiresIn.Seconds()),
	}
	var placed view
	if err := s.insist(ctx, s.house.APIURL+"/v1/requests", body, &placed); err != nil {
		return fmt.Errorf("place: %w", err)
	}
	s.request, s.link = placed.ID, placed.Link.URL
	s.cast.join(s)
	s.tell("the merchant places the order, the buyer has a link", placed.State)
	return nil
}

func (s *story) merchant() http.Header {
	return http.Header{
		"Authorization":   {"Bearer " + s.house.Demo.APIKey},
		"Idempotency-Key": {mint.Number()},
	}
}

func (s *story) tell(what string, state models.State) {
	if s.quiet {
		return
	}
	if s.name != "" {
		what = s.name + ": " + what
	}
	s.options.Reporter.step(s.scenario, what, state)
}

// state asks the API, as the merchant, where the request stands.
func (s *story) state(ctx context.Context) (models.State, error) {
	var seen view
	address := s.house.APIURL + "/v1/requests/" + s.request
	err := call(ctx, http.DefaultClient, http.MethodGet, address, s.merchant(), nil, &seen)
	return seen.State, err
}

// await waits until the API shows the request in that state.
func (s *story) await(ctx context.Context, want models.State) error {
	return s.until(ctx, "the request to be "+string(want), func() (bool, error) {
		state, err := s.state(ctx)
		return state == want, err
	})
}

func (s *story) until(ctx context.Context, what string, so func() (bool, error)) error {
	return until(ctx, what, so)
}

// until asks again and again until it is so, or the scenario's time is up.
func until(ctx context.Context, what string, so func() (bool, error)) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := so()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %s: %w", what, ctx.Err())
		case <-ticker.C:
		}
	}
}

// awaitBothTold waits until the merchant's system and the friend heard of it.
func (s *story) awaitBothTold(ctx context.Context, kind string) error {
	return errors.Join(s.awaitTold(ctx, kind), s.awaitFriendTold(ctx, kind))
}

// awaitFriendTold waits until whoever paid has heard of it: by a text to his phone, or,
// where only the provider knows him, on his own page.
func (s *story) awaitFriendTold(ctx context.Context, kind string) error {
	if s.payer == nil {
		return errors.New("nobody paid")
	}
	return s.until(ctx, "the friend to hear "+kind, func() (bool, error) {
		if s.channel.bound {
			return s.payer.sees(ctx, kind)
		}
		messages, err := s.provider.texts(ctx, s.payer.phone)
		return slices.ContainsFunc(messages, func(m text) bool { return m.Template == kind }), err
	})
}

// awaitTold waits until the merchant's system heard of it.
func (s *story) awaitTold(ctx context.Context, kind string) error {
	return s.until(ctx, "the merchant to hear "+kind, func() (bool, error) {
		return s.sink.Told(s.request, kind), nil
	})
}
