package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// identify asks the provider who the browser is.
func (s *Server) identify(ctx context.Context, login store.LoginState, code string) (store.Payer, error) {
	failed := models.Refuse(models.Conflict, "login_failed", "The provider does not confirm this login.")
	adapter, err := s.Accounts.Open(ctx, login.Provider, login.Account)
	if err != nil {
		return store.Payer{}, err
	}
	desk, can := adapter.(providers.Identifier)
	if !can || code == "" || len(code) > maxCode {
		return store.Payer{}, failed
	}
	who, err := desk.Login(ctx, code)
	switch {
	case errors.Is(err, providers.ErrLogin):
		return store.Payer{}, failed
	case err != nil:
		away := models.Refuse(models.Unavailable, "login_unavailable", "The provider cannot be asked just now.")
		return store.Payer{}, fmt.Errorf("%w: %w", away, err)
	case who.Subject == "" || who.App != adapter.Seller().App:
		return store.Payer{}, failed
	}
	return s.Store.PayerByIdentity(ctx, store.Identity{
		Provider: login.Provider, App: who.App, Subject: who.Subject,
	})
}

// maxCode bounds what is passed on to a provider.
const maxCode = 512

// binder is the adapter of a channel whose orders are for one person only.
func (s *Server) binder(
	ctx context.Context, c store.Channel,
) (desk providers.Identifier, bound bool, err error) {
	adapter, err := s.Accounts.Open(ctx, c.Provider, c.Account)
	if err != nil {
		return nil, false, fmt.Errorf("open the channel's account: %w", err)
	}
	desk, can := adapter.(providers.Identifier)
	return desk, can && desk.Binds(c.Product), nil
}

// mustLogIn says that the payer has to log in at the channel's provider first.
func (s *Server) mustLogIn(ctx context.Context, c store.Channel, payer string) (bool, error) {
	_, bound, err := s.binder(ctx, c)
	if err != nil || !bound || payer == "" {
		return bound, err
	}
	adapter, err := s.Accounts.Open(ctx, c.Provider, c.Account)
	if err != nil {
		return false, err
	}
	subject, err := s.Store.PayerSubject(ctx, payer, c.Provider, adapter.Seller().App)
	return subject == "", err
}

// bound refuses a wish to pay through a channel that does not know the payer yet.
func (s *Server) bound(ctx context.Context, c store.Channel, payer string) error {
	must, err := s.mustLogIn(ctx, c, payer)
	if err == nil && must {
		err = &models.Error{
			Code: models.Forbidden, Reason: "provider_login_first", Field: "channel",
			Message: "This way to pay has to know who pays.", Fix: "Log in at its provider first.",
		}
	}
	return err
}

// withLogins marks the channels that have to know the payer first. Nobody is turned
// away over it here: a channel that cannot be asked is shown as it is.
func (s *Server) withLogins(ctx context.Context, link store.Link, list []web.Channel) []web.Channel {
	for i, shown := range list {
		for _, c := range link.Channels {
			if c.ID != shown.ID {
				continue
			}
			must, err := s.mustLogIn(ctx, c, caller(ctx).Payer)
			if err != nil {
				s.Log.WarnContext(ctx, "channel cannot be asked", "channel", c.ID, "error", err)
			}
			list[i].Login = must
		}
	}
	return list
}
