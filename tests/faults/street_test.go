package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/store"
)

// street is where one fault happens: an app, an account and requests of its own, so that no
// other fault is met there.
type street struct {
	*town
	name     string
	app      string
	way      models.Pay // how friends pay here
	request  models.Request
	number   string // of the attempt that goes wrong
	system   *system
	mends    []func()
	began    time.Time // when the fault began
	subject  string    // what the row is about, where it is about no request
	anywhere bool      // the row is about the whole house
	expires  time.Duration
	speed    int64
}

// system is what a merchant runs: an order hook and an endpoint for webhooks.
type system struct {
	server *httptest.Server
	hook   atomic.Pointer[string] // its answer; nil: it is down
	status atomic.Int64           // of the answers to webhooks
}

func newSystem() *system {
	s := new(system)
	s.status.Store(http.StatusNoContent)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hook", func(w http.ResponseWriter, _ *http.Request) {
		answer := s.hook.Load()
		if answer == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, *answer)
	})
	mux.HandleFunc("POST /webhooks", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(s.status.Load()))
	})
	s.server = httptest.NewServer(mux)
	return s
}

func (s *system) answers(text string) { s.hook.Store(&text) }

// newStreet seeds what a fault needs.
func (t *town) newStreet(ctx context.Context, f fault) (*street, error) {
	s := &street{
		town: t, name: f.name, app: "app_" + f.name, system: newSystem(), expires: 30 * time.Minute, speed: speed,
	}
	s.way = models.Pay{Channel: "ch_" + f.name, Provider: "mockpay", Account: "acc_" + f.name, Product: "wap"}
	account := t.house.Sim.Accounts()[0]
	settings, err := json.Marshal(mockpay.Settings{
		BaseURL: t.house.SimURL, AppID: account.AppID, Merchant: account.Merchant, KeyID: account.KeyID,
		Secret: account.Secret, CallbackSecret: account.CallbackSecret,
	})
	if err != nil {
		return nil, err
	}
	app := store.App{
		ID: s.app, Merchant: local.DemoMerchant, Name: f.name, BuyerMayPayOwn: true, DefaultExpirySeconds: 1800,
		WebhookSecret: []byte(t.house.Demo.WebhookSecret),
	}
	if f.hooked {
		app.HookURL = s.system.server.URL + "/hook"
	}
	if f.told {
		app.WebhookURL = s.system.server.URL + "/webhooks"
	}
	return s, t.rows.Seed(ctx, store.SeedData{
		Apps: []store.App{app},
		Accounts: []store.Account{{
			ID: s.way.Account, Provider: "mockpay", App: s.app, Settings: settings, State: store.AccountActive,
		}},
		Channels: []store.Channel{{
			ID: s.way.Channel, App: s.app, Provider: "mockpay", Account: s.way.Account, Product: "wap",
			Kind: "wallet", NameZH: "模拟支付", NameEN: "Mockpay", Enabled: true, Min: models.CNY(1),
			Max: models.CNY(100_000_000),
		}},
	})
}

// close mends what is still broken and stops the merchant's system.
func (s *street) close() {
	s.mend()
	s.system.server.Close()
}

// spoil breaks calls of the provider about this street's number until mend.
func (s *street) spoil(number string, mode faults.Mode, ops ...faults.Op) error {
	for _, op := range ops {
		mend, err := s.town.spoil(faults.Rule{Op: op, Mode: mode, Number: number})
		if err != nil {
			return err
		}
		s.mends = append(s.mends, mend)
	}
	return nil
}

// mend lets the provider work again.
func (s *street) mend() {
	for _, mend := range s.mends {
		mend()
	}
	s.mends = nil
}

// place places a request of 129 yuan.
func (s *street) place(ctx context.Context, hooked bool) error {
	now := time.Now().UTC()
	order, err := s.rows.CreateOrder(ctx, store.Order{
		ID: mint.ID("ord"), App: s.app, Merchant: local.DemoMerchant, Buyer: "b_" + s.name, BuyerName: "王*",
		Number: mint.Number(), Title: "Kettle", Kind: "physical", Payable: models.CNY(12900), PriceVersion: 1,
		CreatedAt: now,
	})
	if err != nil {
		return fmt.Errorf("create the order: %w", err)
	}
	s.request, err = s.house.Parts.Door.Place(ctx, models.Request{
		ID: mint.ID(mint.Request), Order: order.ID, Merchant: local.DemoMerchant, App: s.app, Buyer: "b_" + s.name,
		Payable: order.Payable, Agreed: order.Payable, PriceVersion: 1, Rules: models.CurrentRules, Hooked: hooked,
		Speed: s.speed, Guard: 20 * time.Second, State: models.Checking, EnteredAt: now,
		ExpiresAt: now.Add(s.expires), HardEnd: now.Add(time.Hour),
	})
	return err
}

// begin lets a friend ask to pay under the street's next number, and does not wait for more
// than that it is taken in.
func (s *street) begin(ctx context.Context) error {
	s.number = mint.Number()
	return s.ask(ctx, s.request, s.number)
}

// ask asks to pay as one more friend with an invite of his own.
func (s *street) ask(ctx context.Context, request models.Request, number string) error {
	payer, err := s.rows.PayerByPhone(ctx, fmt.Sprintf("1390013%04d", s.friends.Add(1)))
	if err != nil {
		return err
	}
	invite := store.Invite{
		ID: mint.ID(mint.Invite), Request: request.ID, Generation: 1, TokenHash: []byte(number + "000000")[:32],
		ExpiresAt: request.ExpiresAt, CreatedAt: time.Now().UTC(),
	}
	if _, err := s.rows.CreateInvite(ctx, invite); err != nil {
		return err
	}
	pay := s.way
	pay.Number, pay.Invite, pay.Payer = number, invite.ID, payer.ID
	pay.Quoted, pay.PriceVersion = request.Payable, request.PriceVersion
	brief, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = s.house.Parts.Door.Deliver(brief, request.ID, number, models.Event{
		Kind: models.PayAsked, Actor: "payer:" + payer.ID, Attempt: number, Pay: &pay,
	})
	var known *models.Error
	if errors.As(err, &known) && known.Reason == "still_working" {
		return nil
	}
	return err
}

// presented waits until the provider's order is there.
func (s *street) presented(ctx context.Context) error {
	return s.until(ctx, "a live attempt", func(r models.Request) bool {
		a, _ := r.Attempt(s.number)
		return a.State == models.LiveAttempt
	})
}

// opened places a request and begins to pay it.
func (s *street) opened(ctx context.Context, hooked bool) error {
	if err := s.place(ctx, hooked); err != nil {
		return fmt.Errorf("place: %w", err)
	}
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("ask to pay: %w", err)
	}
	return s.presented(ctx)
}

// settled is a request that was paid without a fault.
func (s *street) settled(ctx context.Context) error {
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.press(ctx, "pay", s.number); err != nil {
		return err
	}
	return ends(models.Settled)(ctx, s)
}

// press works the simulator: "pay" is its button, "capture" takes money whatever the order's state.
func (s *street) press(ctx context.Context, what, number string) error {
	return s.simulate(ctx, what, map[string]string{"number": number})
}

func (s *street) simulate(ctx context.Context, what string, wish any) error {
	body, err := json.Marshal(wish)
	if err != nil {
		return err
	}
	address := s.house.SimURL + "/sim/" + s.way.Provider + "/" + what
	_, err = post(ctx, address, body)
	return err
}

func post(ctx context.Context, address string, body []byte) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	err = errors.Join(err, answer.Body.Close())
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%d: %s", answer.StatusCode, text)
	}
	return answer.StatusCode, err
}

// refund asks for all of the money back.
func (s *street) refund(ctx context.Context, number string) error {
	whole := s.request.Payable
	_, err := s.house.Parts.Door.Deliver(ctx, s.request.ID, mint.Number(), models.Event{
		Kind: models.RefundAsked, Actor: "merchant", Money: &whole, Refund: number,
	})
	return err
}

// until waits until the row of the street's request is so.
func (s *street) until(ctx context.Context, what string, so func(models.Request) bool) error {
	return until(ctx, what, func() (bool, error) {
		row, err := s.rows.Request(ctx, s.request.ID)
		return err == nil && so(row), err
	})
}

// together does several things at once.
func together(of ...func() error) error {
	errs := make([]error, len(of))
	var group sync.WaitGroup
	for i, do := range of {
		group.Go(func() { errs[i] = do() })
	}
	group.Wait()
	return errors.Join(errs...)
}
