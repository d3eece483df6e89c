// Package activities carries out what the law asks for: every effect is one
// function from a call to the event it answers with. Each may run twice, or run
// and be forgotten, and must leave the same behind.
package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Activities holds what the effects need of the world.
type Activities struct {
	Store     Store
	Catalogue Catalogue
	Providers Accounts
	Hook      Hook
	Addresses Addresses
	Clock     func() time.Time
	Log       *slog.Logger
	Called    func(store.Call) // told of each call to a provider, for measurements; nil: nobody
	Turned    func(store.Turn) // told of each breaker that opens or closes; nil: nobody
}

// Store is what the effects need of the database.
type Store interface {
	SaveStep(ctx context.Context, step models.Step) error
	Order(ctx context.Context, id string) (store.Order, error)
	CardAt(ctx context.Context, request string, at time.Time) (store.Card, error)
	KeepDecision(ctx context.Context, decision store.Decision) error
	App(ctx context.Context, id string) (store.App, error)
	ClaimOrder(ctx context.Context, claim store.Claim) (refused string, err error)
	PayerFacts(ctx context.Context, payer string) (store.PayerFacts, error)
	WhyNotReopen(ctx context.Context, r models.Request) (refused string, err error)
	TakeFromBudgets(ctx context.Context, app, request, attempt string, shares []store.BudgetShare) (bool, error)
	TakeLimits(ctx context.Context, share store.LimitShare, now time.Time) (full *policy.Limit, err error)
	Cohort(ctx context.Context, request string) (store.Cohort, error)
	Place(ctx context.Context, attempt models.Attempt) (surface, version string, err error)
	PayerIsBuyer(ctx context.Context, payer, order string) (bool, error)
	InviteFacts(ctx context.Context, id string) (store.InviteFacts, error)
	SavePresentation(ctx context.Context, attempt string, presentation providers.Presentation) error
	Paying(ctx context.Context, attempt models.Attempt, app string) (store.Paying, error)
	RecordCall(ctx context.Context, call store.Call) error
	Breakers(ctx context.Context, app string) ([]policy.Breaker, error)
	NoteMade(ctx context.Context, made store.Made) ([]store.Turn, error)
	SilentSince(ctx context.Context, request, refund string) (time.Time, error)
	OpenCase(ctx context.Context, opened store.Case) (store.Case, error)
	SettleCase(ctx context.Context, about store.Case, by, resolution string) error
}

// Catalogue is what operators decide.
type Catalogue interface {
	Fresh(ctx context.Context) (*policy.Catalogue, error)
}

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// Addresses are where providers report to, and where they send the payer back to.
type Addresses struct {
	Callbacks string // base URL; …/v1/callbacks/{provider}/{account} follows
	Return    string // URL of the friend's result page, without any token
	Own       string // URL of the page for a buyer who paid himself: his order is at the merchant's
}

// Func is the shape of every effect.
type Func func(context.Context, models.Call) (models.Event, error)

// Handlers names the function behind every effect of the law.
func (a *Activities) Handlers() map[models.EffectKind]Func {
	return map[models.EffectKind]Func{
		models.CheckOrder:   a.CheckOrder,
		models.CheckLogin:   a.CheckLogin,
		models.OpenPayment:  a.OpenPayment,
		models.ClosePayment: a.ClosePayment,
		models.QueryPayment: a.QueryPayment,
		models.PollPayment:  a.PollPayment,
		models.ApplyOrder:   a.ApplyOrder,
		models.AskOrderHook: a.AskOrderHook,
		models.QueryRefund:  a.QueryRefund,
		models.FollowRefund: a.FollowRefund,
		models.DivertRefund: a.DivertRefund,
	}
}

// RefundHandlers names the functions behind the refund workflow.
func (a *Activities) RefundHandlers() map[string]Func {
	return map[string]Func{"SubmitRefund": a.SubmitRefund, "PollRefund": a.PollRefund}
}

// SaveStep writes what one step made of a request; see package store. The first
// step of a request, and one that opens it again, fails for good when another one of the
// order was faster: no money waits on it. Any other step has to be written, some time.
func (a *Activities) SaveStep(ctx context.Context, step models.Step) error {
	err := a.Store.SaveStep(ctx, step)
	failpoint.Hit(failpoint.AfterSave)
	var refused *models.Error
	first := step.Request.Version <= 1 && len(step.Request.Attempts) == 0 || reopens(step)
	known := errors.As(err, &refused)
	if known && (refused.Reason == models.StaleStep || first && refused.Reason == models.RequestOpen) {
		return temporal.NewNonRetryableApplicationError(refused.Message, refused.Reason, nil, *refused)
	}
	return a.retry(ctx, err)
}

// reopens says that the step takes back an end. The workflow takes the step back in turn
// when it cannot be saved.
func reopens(step models.Step) bool {
	return len(step.Transitions) > 0 && step.Transitions[0].On == models.Reopened
}
