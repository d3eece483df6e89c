package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// life is one order from asking a friend to its end, as the dice of its number decide.
type life struct {
	*town
	dice     *rand.Rand
	number   int
	price    int64 // fen
	channel  string
	merchant *person
	order    string // its number at the merchant
	request  string
	link     string
}

// buyerName must never stand in a history or a log.
const buyerName = "王小明金丝雀"

func (t *town) newLife(n int) *life {
	dice := rand.New(rand.NewPCG(t.options.Seed, uint64(n)+1)) //nolint:gosec // repeatable on purpose
	l := &life{
		town: t, dice: dice, number: n, price: 1000 + dice.Int64N(20000), channel: local.DemoChannel,
		order: fmt.Sprintf("C%d-%d", t.options.Seed, n),
	}
	l.merchant = t.newPerson(http.Header{"Authorization": {"Bearer " + t.house.Demo.APIKey}})
	return l
}

func (t *town) newPerson(header http.Header) *person {
	return &person{history: t.history, base: t.front.url, header: header, cookies: map[string]string{}}
}

// place asks a friend to pay the order, which lives for that much of the law's time.
func (l *life) place(ctx context.Context, expiresIn time.Duration) error {
	l.history.note(func(h *history) { h.orders[l.order] = true })
	body := map[string]any{
		"order": map[string]any{
			"app": local.DemoApp, "number": l.order, "title": "手冲咖啡壶套装", "kind": "physical",
			"payable": models.CNY(l.price), "price_version": 1,
			"buyer": map[string]string{"id": fmt.Sprintf("b-%d", l.number), "name": buyerName},
		},
		"expires_in_seconds": int(expiresIn.Seconds()),
	}
	type view struct {
		ID   string `json:"id"`
		Link struct {
			URL string `json:"url"`
		} `json:"link"`
	}
	var placed, again view
	key := mint.Number()
	for placed.Link.URL == "" { // an engine that is slow is asked again under the same key
		if err := l.merchant.postAs(ctx, key, "/v1/requests", body, &placed); err != nil {
			return fmt.Errorf("place: %w", err)
		}
		if placed.Link.URL == "" && !pause(ctx, time.Second) {
			return ctx.Err()
		}
	}
	l.request, l.link = placed.ID, placed.Link.URL
	l.history.note(func(h *history) {
		h.placed[l.order] = placed.ID
		h.secrets[path.Base(placed.Link.URL)] = true
	})
	if l.chance(10) && l.merchant.postAs(ctx, key, "/v1/requests", body, &again) == nil {
		l.history.replayed(key, placed.ID, again.ID)
	}
	return nil
}

func (l *life) chance(percent int) bool { return l.dice.IntN(100) < percent }

// state asks the API where the request stands.
func (l *life) state(ctx context.Context) (models.State, error) {
	var seen struct {
		State models.State `json:"state"`
	}
	err := l.merchant.get(ctx, "/v1/requests/"+l.request, &seen)
	return seen.State, err
}

// await waits until the request is in one of the states.
func (l *life) await(ctx context.Context, limit time.Duration, wanted ...models.State) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		state, err := l.state(ctx)
		if err == nil && slices.Contains(wanted, state) {
			return nil
		}
		if !pause(ctx, 400*time.Millisecond) {
			return errors.Join(fmt.Errorf("still %s", state), err)
		}
	}
}

// friend is a person with a browser and a phone.
type friend struct {
	*person
	life  *life
	phone string
}

// attempt is what a friend gets back from pressing "pay".
type attempt struct {
	Number       string              `json:"attempt"`
	State        models.AttemptState `json:"state"`
	Presentation struct {
		URL string `json:"url"`
	} `json:"presentation"`
}

const onPC = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"

// newFriend opens the link and logs in by phone.
func (l *life) newFriend(ctx context.Context, index int) (*friend, error) {
	n := l.number*4 + index
	address := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	f := &friend{life: l, phone: fmt.Sprintf("139%08d", n)}
	f.person = l.newPerson(http.Header{"User-Agent": {onPC}, "X-Forwarded-For": {address}})
	l.history.note(func(h *history) { h.secrets[f.phone] = true })
	if err := f.get(ctx, l.link, nil); err != nil {
		return nil, fmt.Errorf("look at the link: %w", err)
	}
	if err := f.post(ctx, l.link, nil, nil); err != nil {
		return nil, fmt.Errorf("open the link: %w", err)
	}
	if err := f.post(ctx, "/v1/link/login/code", map[string]string{"phone": f.phone}, nil); err != nil {
		return nil, fmt.Errorf("ask for a code: %w", err)
	}
	code, err := l.code(ctx, f.phone)
	if err != nil {
		return nil, err
	}
	login := map[string]string{"phone": f.phone, "code": code}
	if err := f.post(ctx, "/v1/link/login", login, nil); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return f, nil
}

// ask asks to pay and waits until it is known where.
func (f *friend) ask(ctx context.Context) (made attempt, err error) {
	err = f.post(ctx, "/v1/link/attempts", map[string]any{
		"channel": f.life.channel,
		"quote":   map[string]any{"minor": f.life.price, "currency": "CNY", "price_version": 1},
	}, &made)
	for range 20 {
		if made.Number == "" || made.Presentation.URL != "" || err != nil && !errors.Is(err, errUnknown) {
			return made, err
		}
		if !pause(ctx, 400*time.Millisecond) {
			return made, ctx.Err()
		}
		err = f.get(ctx, "/v1/link/attempts/"+made.Number, &made)
	}
	return made, err
}

// press is the friend at the provider, who takes his money or not; the fault is nobody's but the provider's.
func (f *friend) press(ctx context.Context, made attempt) bool {
	switch {
	case made.Presentation.URL == "":
		return false
	case f.life.channel == local.DemoChannel:
		form := strings.NewReader(url.Values{"action": {"pay"}}.Encode())
		return reached(ctx, made.Presentation.URL, "application/x-www-form-urlencoded", form)
	default:
		return f.life.sim(ctx, "/sim/wechatpay/pay", map[string]any{
			"code_url": made.Presentation.URL, "openid": "oChaos" + made.Number[:10],
		})
	}
}
