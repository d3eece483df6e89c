package api

import (
	"context"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// wish is the event of a friend who wants to pay.
func (s *Server) wish(
	ctx context.Context, link store.Link, channel string, quote models.Price,
) (models.Event, error) {
	if err := usable(link); err != nil {
		return models.Event{}, err
	}
	if err := askerFirst(link); err != nil {
		return models.Event{}, err
	}
	told, err := s.toFriend(ctx, link)
	if err != nil {
		return models.Event{}, err
	}
	c, err := offered(link.Channels, told, channel)
	if over := policy.Over(s.factsOn(ctx, link), channel); err != nil && over != "" {
		err = s.refusedAttempt(over)
	}
	if err != nil {
		return models.Event{}, err
	}
	p := caller(ctx)
	if err := s.bound(ctx, c, p.Payer); err != nil {
		return models.Event{}, err
	}
	return s.pinned(ctx, link, s.asking(ctx, c, models.Pay{
		Invite: p.Invite, Payer: p.Payer, Quoted: quote.Payable, PriceVersion: quote.Version,
	}))
}

// offered is the channel of that name, if the rules leave it.
func offered(catalogue []store.Channel, decision policy.Decision, name string) (store.Channel, error) {
	i := slices.IndexFunc(catalogue, func(c store.Channel) bool { return c.ID == name })
	out := func(r policy.Reason) bool { return r.Channel == name && r.Rule == policy.ChannelOutage }
	if slices.ContainsFunc(decision.LeftOut, out) {
		return store.Channel{}, errOutage
	}
	if i < 0 || !slices.Contains(decision.Channels, name) {
		return store.Channel{}, errUnavailable
	}
	return catalogue[i], nil
}

// trial lets one person at a time through to a channel that may be back after an outage.
func (s *Server) trial(ctx context.Context, app, channel string) error {
	key := store.BreakerKey{App: app, Channel: channel, Surface: surface(ctx)}
	may, err := s.Store.TakeTrial(ctx, key, s.Clock())
	if err == nil && !may {
		err = errOutage
	}
	return err
}

// asking is the event of somebody who wants to pay through a channel, under the
// number that this call mints.
func (s *Server) asking(ctx context.Context, c store.Channel, pay models.Pay) models.Event {
	pay.Number = orDefault(minted(ctx), mint.Number())
	pay.Channel, pay.Provider, pay.Account, pay.Product = c.ID, c.Provider, c.Account, c.Product
	pay.MinCloseSecs, pay.Brand = c.MinCloseSeconds, orDefault(c.Brand, c.NameZH)
	pay.Sources = strings.Join(c.Funding, ",")
	return models.Event{Kind: models.PayAsked, At: s.Clock(), Actor: pay.Actor(), Attempt: pay.Number, Pay: &pay}
}

// usable refuses a link that no longer stands; the request's own state is for
// the law to judge.
func usable(link store.Link) error {
	switch {
	case link.Request.ID != link.Invite.Request:
		return models.Refuse(models.NotFound, "unknown_link", "We know nothing of that link.")
	case link.Invite.State == store.InviteRevoked:
		return models.Refuse(models.Gone, "link_revoked", "The buyer took this link back.")
	case link.Invite.State == store.InviteDeclined:
		return models.Refuse(models.Gone, "link_declined", "You declined this request.")
	default:
		return nil
	}
}

// outcomeOf reads what became of the wish: the attempt made, the one that the
// same payer had going already, or why there is none.
func (s *Server) outcomeOf(r models.Request, number string) (string, error) {
	made, ok := r.Attempt(number)
	if !ok {
		return r.Slot, nil
	}
	if made.State == models.FailedAttempt && made.Reason != "" {
		return "", s.refusedAttempt(made.Reason)
	}
	return number, nil
}

// bring delivers a wish to pay that the row does not plainly refuse, and says which
// attempt came of it. An engine that is still at it leaves the request as it was.
func (s *Server) bring(
	ctx context.Context, r models.Request, wish models.Event,
) (after models.Request, number string, err error) {
	if err := r.Accepts(wish); err != nil {
		return r, "", err
	}
	if err := s.trial(ctx, r.App, wish.Pay.Channel); err != nil {
		return r, "", err
	}
	asked := store.Checkout{Address: browserAddress(ctx), Surface: surface(ctx), Version: surfaceVersion(ctx)}
	asked.Invite = wish.Pay.Invite
	if err := s.Store.SaveCheckout(ctx, wish.Pay.Number, asked); err != nil {
		return r, "", err
	}
	failpoint.Hit(failpoint.BeforeAttempt)
	after, err = s.Door.Deliver(ctx, r.ID, wish.Pay.Number, wish)
	if stillWorking(err) {
		return r, wish.Pay.Number, nil
	}
	if err != nil {
		return r, "", err
	}
	number, err = s.outcomeOf(after, wish.Pay.Number)
	return after, number, err
}
