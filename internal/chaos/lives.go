package chaos

import (
	"context"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/models"
)

// kinds are what becomes of orders, by weight.
var kinds = []struct {
	name   string
	weight int
	play   func(context.Context, *life) error
}{
	{"pay", 30, playPay},
	{"race", 19, playRace},
	{"cancel", 14, playCancel},
	{"late", 18, playLate},
	{"refund", 13, playRefund},
	{"abandon", 6, playAbandon},
}

// The lives of requests in the law's time: long enough to be paid through a storm, and just long enough to
// begin with.
const (
	usualLife = 18 * time.Minute
	briefLife = 4 * time.Minute
	lifeLimit = 100 * time.Second
)

// live plays what the dice of this life say.
func (l *life) live(ctx context.Context) (kind string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lifeLimit)
	defer cancel()
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	if l.chance(25) {
		l.channel = "wechatpay_native"
	}
	for roll := l.dice.IntN(total); ; {
		for _, k := range kinds {
			if roll -= k.weight; roll < 0 {
				return k.name, k.play(ctx, l)
			}
		}
	}
}

// begin plays up to a friend who may press the provider's button.
func (l *life) begin(ctx context.Context, expiresIn time.Duration) (*friend, attempt, error) {
	if err := l.place(ctx, expiresIn); err != nil {
		return nil, attempt{}, err
	}
	f, err := l.newFriend(ctx, 0)
	if err != nil {
		return nil, attempt{}, err
	}
	made, err := f.ask(ctx)
	return f, made, err
}

func playPay(ctx context.Context, l *life) error {
	f, made, err := l.begin(ctx, usualLife)
	if err != nil {
		return err
	}
	if l.chance(15) { // no callback ever: the poll has to find it, while the attempt is payable
		_, err := l.house.Sim.Faults().Add(faults.Rule{
			Op: faults.Callback, Mode: faults.Lost, Number: made.Number, Count: 1,
		})
		if err != nil {
			return err
		}
	}
	f.press(ctx, made)
	return nil
}

func playAbandon(ctx context.Context, l *life) error {
	_, _, err := l.begin(ctx, briefLife)
	return err
}

// playLate lets money come when the request has ended, and sometimes when its run is over too.
func playLate(ctx context.Context, l *life) error {
	if l.chance(60) {
		l.channel = "mockpay"
	}
	expiry := briefLife
	if l.channel != "mockpay" {
		expiry = 14 * time.Minute // WeChat Pay wants an order left alone for five
	}
	_, made, err := l.begin(ctx, expiry)
	if made.Number == "" {
		return err
	}
	err = l.await(ctx, 70*time.Second, models.Expired, models.CancelledBuyer, models.CancelledMerchant)
	if err != nil {
		return err
	}
	if l.chance(40) && !pause(ctx, guard+3*time.Second) {
		return ctx.Err()
	}
	if l.capture(ctx, made.Number) {
		l.history.did("late payments")
	}
	return nil
}

// playRace lets friends and the buyer press at once. Whoever got an attempt pays it; sometimes the first
// gives up, another pays, and the first one's money comes all the same.
func playRace(ctx context.Context, l *life) error {
	if err := l.place(ctx, usualLife); err != nil {
		return err
	}
	friends := make([]*friend, 2+l.dice.IntN(2))
	for i := range friends {
		var err error
		if friends[i], err = l.newFriend(ctx, i); err != nil {
			return err
		}
	}
	made := make([]attempt, len(friends))
	var group sync.WaitGroup
	for i, f := range friends {
		group.Go(func() { made[i], _ = f.ask(ctx) }) // the refused ones have nothing to press
	}
	if l.chance(30) {
		group.Go(func() {
			_ = l.merchant.post(ctx, "/v1/requests/"+l.request+"/pay", map[string]string{"channel": l.channel}, nil)
		})
	}
	group.Wait()
	l.history.did("races")
	for i, f := range friends {
		if made[i].Presentation.URL == "" {
			continue
		}
		if l.chance(40) {
			return l.change(ctx, []*friend{f, friends[(i+1)%len(friends)]}, made[i])
		}
		f.press(ctx, made[i])
	}
	return nil
}

// change lets the first friend give up and the second pay, while the first one's money is under way.
func (l *life) change(ctx context.Context, pair []*friend, given attempt) error {
	if err := pair[0].post(ctx, "/v1/link/attempts/"+given.Number+"/withdraw", nil, nil); err != nil {
		return err
	}
	made, err := pair[1].ask(ctx)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	group.Go(func() { pair[1].press(ctx, made) })
	if l.capture(ctx, given.Number) {
		l.history.did("paid twice")
	}
	group.Wait()
	return nil
}

// playCancel lets the merchant take the request back while the friend pays.
func playCancel(ctx context.Context, l *life) error {
	f, made, err := l.begin(ctx, usualLife)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	wait := time.Duration(l.dice.IntN(300)) * time.Millisecond
	force := l.chance(50)
	group.Go(func() {
		if pause(ctx, wait) {
			f.press(ctx, made)
		}
	})
	err = l.merchant.post(ctx, "/v1/requests/"+l.request+"/cancel", map[string]any{"force": force}, nil)
	group.Wait()
	l.history.did("cancelled while paying")
	return err
}

// playRefund gives money back after the sale, whole or in two parts, each asked for under one key.
func playRefund(ctx context.Context, l *life) error {
	f, made, err := l.begin(ctx, usualLife)
	if err != nil {
		return err
	}
	f.press(ctx, made)
	if err := l.await(ctx, 45*time.Second, models.Settled); err != nil {
		return err
	}
	parts := []any{nil}
	if l.chance(50) {
		parts = []any{models.CNY(l.price / 3), nil}
	}
	for _, amount := range parts {
		if err := l.refund(ctx, amount); err != nil {
			return err
		}
	}
	return nil
}

func (l *life) refund(ctx context.Context, amount any) error {
	body := map[string]any{"reason": "returned"}
	if amount != nil {
		body["amount"] = amount
	}
	type view struct {
		Number string `json:"number"`
	}
	var asked, again view
	key, path := mint.Number(), "/v1/requests/"+l.request+"/refunds"
	if err := l.merchant.postAs(ctx, key, path, body, &asked); err != nil {
		return err
	}
	l.history.did("refunds asked")
	l.history.note(func(h *history) { h.asked[asked.Number] = true })
	if l.chance(20) && l.merchant.postAs(ctx, key, path, body, &again) == nil {
		l.history.replayed(key, asked.Number, again.Number)
	}
	return nil
}
