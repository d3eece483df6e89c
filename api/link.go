package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// friendStore is what the friend's side needs of the store.
type friendStore interface {
	InviteByHash(ctx context.Context, tokenHash []byte) (store.Link, error)
	LimitsUsed(ctx context.Context, order store.Order) ([]policy.Use, error)
	OpenCase(ctx context.Context, opened store.Case) (store.Case, error)
	ReportSurface(ctx context.Context, invite, surface string, visitor []byte) error
	Link(ctx context.Context, invite, payer string) (store.Link, error)
	ShareCode(ctx context.Context, codeHash []byte) (invite string, err error)
	ContactIndex(app, person string) []byte
	OpenInvite(ctx context.Context, id string) error
	CameIn(ctx context.Context, invite, channel string) error
	LoginBegun(ctx context.Context, invite string) error
	LoggedIn(ctx context.Context, login store.Login) error
	DeclineInvite(ctx context.Context, id, reason string) error
	IssueCode(ctx context.Context, code store.LoginCode) error
	TakeCode(ctx context.Context, code store.LoginCode) error
	LinkPhone(ctx context.Context, payer, phone string) (store.Payer, error)
	LinkIdentity(ctx context.Context, payer string, identity store.Identity) (store.Payer, error)
	IssueVoucher(ctx context.Context, voucher store.Voucher) (time.Time, error)
	TakeVoucher(ctx context.Context, token, app string) (store.Identity, error)
	PayerSubject(ctx context.Context, payer, provider, app string) (string, error)
	BeginLogin(ctx context.Context, login store.LoginState) error
	TakeLogin(ctx context.Context, state, invite string) (store.LoginState, error)
	SaveCheckout(ctx context.Context, attempt string, checkout store.Checkout) error
	Presentation(ctx context.Context, attempt string) (providers.Presentation, error)
	PledgeInvite(ctx context.Context, id, payer string, at time.Time) error
	Hit(ctx context.Context, bucket string, limit int, window time.Duration) (time.Time, bool, error)
	Spent(ctx context.Context, bucket string, limit int) (time.Time, bool, error)
	BeginHandoff(ctx context.Context, hash []byte, place store.Handoff) (time.Time, error)
	Handoff(ctx context.Context, hash []byte) (store.Handoff, error)
	TakeHandoff(ctx context.Context, hash []byte) (store.Handoff, error)
	GiveBack(ctx context.Context, bucket string) error
	Asker(order store.Order, surname, tail string) bool
	PaidBy(ctx context.Context, payer, cursor string, limit int) (store.Page[store.Paid], error)
}

// SMS sends text messages to phones.
type SMS interface {
	Send(ctx context.Context, phone, template string, params map[string]string) error
}

// friendRoutes are the pages behind a link and what they call.
func (s *Server) friendRoutes() []route {
	return append(s.pageRoutes(), []route{
		{method: get, path: "/v1/link", who: payer, id: "show-link",
			summary: "What the friend is asked to pay.", mount: operation((*Server).showLink)},
		{method: post, path: "/v1/link/opened", who: payer, id: "tell-opened",
			summary: "A person, not a preview, looks at the link.", mount: operation((*Server).tellOpened)},
		{method: post, path: "/v1/link/asker", who: payer, id: "tell-asker",
			summary: "Say who asks, where the app wants it said; the session's cookie is replaced.",
			mount:   operation((*Server).tellAsker)},
		{method: post, path: "/v1/link/login/code", who: payer, id: "send-login-code",
			summary: "Send a one-time code to a phone.", mount: operation((*Server).sendLoginCode)},
		{method: post, path: "/v1/link/login", who: payer, id: "log-in",
			summary: "Log in with the code; the session's cookie is replaced.", mount: operation((*Server).logIn)},
		{method: post, path: "/v1/link/login/provider", who: payer, id: "log-in-at-provider",
			summary: "Log in where you pay: for channels that have to know who pays.",
			mount:   operation((*Server).beginProviderLogin)},
		{method: post, path: "/v1/link/login/openid", who: payer, id: "log-in-at-issuer",
			summary: "Log in at the OpenID Connect issuer, where the house has one.",
			mount:   operation((*Server).beginIssuerLogin)},
		{method: post, path: "/v1/link/login/voucher", who: payer, id: "log-in-by-voucher",
			summary: "Log in by a merchant's word; the session's cookie is replaced.",
			mount:   operation((*Server).logInByVoucher)},
		{method: post, path: "/v1/link/handoffs", who: payer, id: "create-handoff",
			summary: "A code by which to go on in another browser, once, within two minutes.",
			mount:   operation((*Server).createHandoff)},
		{method: get, path: "/v1/link/payments", who: payer, id: "list-payments",
			summary: "What you paid, over all requests, newest first.", mount: operation((*Server).listPayments)},
		{method: post, path: "/v1/link/attempts", who: payer, id: "create-attempt",
			creates: mintsNumber, status: http.StatusCreated, also: later,
			summary: "Ask to pay. 409 says that another is faster, and until when.",
			mount:   operation((*Server).createAttempt)},
		{method: get, path: "/v1/link/attempts/{number}", who: payer, id: "show-attempt",
			summary: "One of your own attempts, and where to pay it.", mount: operation((*Server).showAttempt)},
		{method: post, path: "/v1/link/attempts/{number}/withdraw", who: payer, id: "withdraw-attempt", also: later,
			summary: "Give the slot up: your attempt is closed at the provider, then somebody else may pay.",
			mount:   operation((*Server).withdrawAttempt)},
		{method: post, path: "/v1/link/refunds/{number}/wish", who: payer, id: "wish-refund", also: later,
			summary: "Say what to do with your money when your account could not take it back.",
			mount:   operation((*Server).wishRefund)},
		{method: post, path: "/v1/link/decline", who: payer, id: "decline-link",
			summary: "The friend would rather not.", mount: operation((*Server).declineLink)},
		{method: post, path: "/v1/link/pledge", who: payer, id: "pledge-link",
			summary: "The friend will pay later, and says when.", mount: operation((*Server).pledgeLink)},
		{method: post, path: "/v1/link/report", who: payer, id: "report-link",
			summary: "The friend thinks that this is a fraud. It ends the link, unless money hangs on it.",
			mount:   operation((*Server).reportLink)},
		blockedRoute(),
		{method: get, path: "/v1/link/stream", who: payer, id: "stream-link", streams: true,
			summary: "The request's states as they change, as server-sent events.",
			mount:   plain("text/event-stream", (*Server).streamLink)},
	}...)
}

type linkOut struct{ Body PayerView }

type nothing struct{}

// showLink is what the friend's page shows, as JSON.
func (s *Server) showLink(ctx context.Context, _ *nothing) (*linkOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	return &linkOut{Body: s.payersView(ctx, link)}, nil
}

// streamLink follows the request of the caller's link: states, and nobody's names.
func (s *Server) streamLink(c echo.Context) error {
	ctx := c.Request().Context()
	p := caller(ctx)
	view := func(t models.Transition) any {
		told := map[string]any{"seq": t.Seq, "state": t.To, "at": t.At.UTC()}
		if back := payersRefund(s.asItStands(ctx, p.Request, t), t, p.Payer); back != nil {
			told["refund"] = back
		}
		return told
	}
	feed := s.requestFeed(p.Request, p.id(), view)
	if c.QueryParam("thanks") == "wait" {
		feed.read = s.untilThanked(p, feed.read)
	}
	return s.follow(c, feed)
}

// within refuses the caller of a bucket that has had its share.
func (s *Server) within(ctx context.Context, bucket string, limit int, window time.Duration) error {
	until, allowed, err := s.Store.Hit(ctx, bucket, limit, window)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	if !allowed {
		return tooOften(until)
	}
	return nil
}

func tooOften(until time.Time) error {
	return &models.Error{
		Code: models.Limited, Reason: "too_often", Message: "This was tried too often.", Until: until,
		Fix: "Wait a little, then try again.",
	}
}
