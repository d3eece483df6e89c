package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// identify asks the provider who the browser is.
func (s *Server) identify(
	ctx context.Context, login store.LoginState, returned url.Values,
) (store.Payer, error) {
	if login.Provider == store.ByIssuer {
		return s.identifyByIssuer(ctx, login, returned)
	}
	failed := loginFailed()
	adapter, err := s.Accounts.Open(ctx, login.Provider, login.Account)
	if err != nil {
		return store.Payer{}, err
	}
	desk, can := adapter.(providers.Identifier)
	if !can {
		return store.Payer{}, failed
	}
	code := returned.Get(desk.CodeName())
	if code == "" || len(code) > maxCode {
		return store.Payer{}, failed
	}
	who, err := desk.Login(ctx, code)
	if err != nil {
		return store.Payer{}, loginRefusal(err)
	}
	if who.Subject == "" || who.App != adapter.Seller().App {
		return store.Payer{}, failed
	}
	return s.Store.LinkIdentity(ctx, caller(ctx).proven(), store.Identity{
		Provider: login.Provider, App: who.App, Subject: who.Subject,
	})
}

func loginFailed() error {
	return models.Refuse(models.Conflict, "login_failed", "The provider does not confirm this login.")
}

// loginRefusal says why a provider or issuer did not tell who it is.
func loginRefusal(err error) error {
	switch {
	case errors.Is(err, providers.ErrLogin):
		return loginFailed()
	case errors.Is(err, providers.ErrSnapshot):
		return models.Refuse(models.Conflict, "snapshot", "The page is open as a preview, which nobody can pay in.")
	case providers.ClassOf(err) == providers.Definite:
		no := models.Refuse(models.Conflict, "login_refused", "The provider does not let this visitor log in.")
		return fmt.Errorf("%w: %w", no, err)
	default:
		away := models.Refuse(models.Unavailable, "login_unavailable", "The provider cannot be asked just now.")
		return fmt.Errorf("%w: %w", away, err)
	}
}

// proven is who is logged in by a proof of his own, "" for nobody: only such a login may get
// one more identity. A merchant's word may have come by a link that somebody else made, and
// would then tie the next login to his profile.
func (p Principal) proven() string {
	if p.Vouched {
		return ""
	}
	return p.Payer
}

// maxCode bounds what is passed on to a provider.
const maxCode = 512

var errUnavailable = &models.Error{
	Code: models.Conflict, Reason: "channel_unavailable", Field: "channel",
	Message: "This way to pay is not available.", Fix: "Pick another one.",
}

var errOutage = &models.Error{
	Code: models.Conflict, Reason: "channel_outage", Field: "channel",
	Message: "This way to pay is out of order at the moment.", Fix: "Pick another one, or try again later.",
}

// loginDesk is a channel's account, as far as logins go.
type loginDesk struct {
	login providers.Identifier
	binds bool // its orders are for one person only
	app   string
}

func (s *Server) desk(ctx context.Context, c store.Channel) (loginDesk, error) {
	adapter, err := s.Accounts.Open(ctx, c.Provider, c.Account)
	if err != nil {
		return loginDesk{}, fmt.Errorf("open the channel's account: %w", err)
	}
	login, can := adapter.(providers.Identifier)
	if !can || !login.Binds(c.Product) {
		return loginDesk{}, nil
	}
	return loginDesk{login: login, binds: true, app: adapter.Seller().App}, nil
}

// mustLogIn says that the payer has to log in at the channel's provider first.
func (s *Server) mustLogIn(ctx context.Context, c store.Channel, payer string) (bool, error) {
	desk, err := s.desk(ctx, c)
	if err != nil || !desk.binds || payer == "" {
		return desk.binds, err
	}
	subject, err := s.Store.PayerSubject(ctx, payer, c.Provider, desk.app)
	return subject == "", err
}

// lookLogins are the channels here by whose login somebody who paid may see what became
// of it, whether or not they still take money.
func (s *Server) lookLogins(ctx context.Context, link store.Link) []web.Channel {
	var here []web.Channel
	for _, c := range link.Channels {
		if (policy.Channel{Surfaces: c.Surfaces}).WorksOn(surface(ctx)) {
			here = append(here, onPage(c))
		}
	}
	here = s.withLogins(ctx, link, here)
	return slices.DeleteFunc(here, func(c web.Channel) bool { return !c.Login })
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
		c, _ := link.Channel(shown.ID)
		must, err := s.mustLogIn(ctx, c, caller(ctx).Payer)
		if err != nil {
			s.Log.WarnContext(ctx, "channel cannot be asked", "channel", c.ID, "error", err)
		}
		list[i].Login = must
	}
	return list
}
