package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Store is what the API needs of the rows, gathered from what each part needs.
type Store interface {
	Ping(ctx context.Context) error
	MerchantByKey(ctx context.Context, keyHash []byte) (store.Principal, error)

	catalogue.Rows
	decisions.Keeper
	staffStore
	console.Store
	queueStore
	sellerStore
	toldStore
	merchantStore
	keyStore
	friendStore
	callbackStore
}

// sellerStore is what the merchant's and the buyer's side needs.
type sellerStore interface {
	App(ctx context.Context, id string) (store.App, error)
	Channels(ctx context.Context, app string) ([]store.Channel, error)
	PromotionsSpent(ctx context.Context, app string) (map[string]int64, error)
	Breakers(ctx context.Context, app string) ([]policy.Breaker, error)
	TakeTrial(ctx context.Context, key store.BreakerKey, now time.Time) (may bool, err error)
	CreateOrder(ctx context.Context, order store.Order) (store.Order, error)
	Order(ctx context.Context, id string) (store.Order, error)
	UpdatePrice(ctx context.Context, order string, price models.Price) error
	Request(ctx context.Context, id string) (models.Request, error)
	SaveCohort(ctx context.Context, cohort store.Cohort) error
	BeginCard(ctx context.Context, request string, card store.Card) error
	ChangeCard(ctx context.Context, request string, said store.CardChange) (store.Card, error)
	CardOfOrder(ctx context.Context, order string) (store.Card, error)
	Card(ctx context.Context, request string) (store.Card, error)
	OpenCohort(ctx context.Context, app, number string) (cohort store.Cohort, open bool, err error)
	Requests(ctx context.Context, filter store.RequestFilter) (store.Page[store.RequestLine], error)
	Transitions(ctx context.Context, request string, afterSeq int64, limit int) ([]models.Transition, error)
	Heads(ctx context.Context, requests []string) (map[string]int64, error)
	InviteHeads(ctx context.Context, requests []string) (map[string]int64, error)
	CreateInvite(ctx context.Context, invite store.Invite) (store.Invite, error)
	Invite(ctx context.Context, id string) (store.Invite, error)
	Invites(ctx context.Context, request string) ([]store.Invite, error)
	RevokeInvite(ctx context.Context, id string) error
	LabelInvite(ctx context.Context, id, label string) error
	SayThanks(ctx context.Context, thanks store.Thanks) (store.Thanks, error)
	Thanks(ctx context.Context, request string) (store.Thanks, error)
	RefundsTaken(ctx context.Context, requests ...string) (map[string]time.Time, error)
}

// merchantStore is what the merchant's developer needs.
type merchantStore interface {
	AppsOf(ctx context.Context, merchant string, mode store.Mode) ([]store.App, error)
	APIKeys(ctx context.Context, merchant, mode string) ([]store.APIKey, error)
	APIKey(ctx context.Context, id string) (store.APIKey, error)
	CreateAPIKey(ctx context.Context, key store.APIKey) (store.APIKey, error)
	RotateAPIKey(ctx context.Context, old string, fresh store.APIKey, until time.Time) (store.APIKey, error)
	RevokeAPIKey(ctx context.Context, id string) error
	Endpoints(ctx context.Context, app string) ([]store.Endpoint, error)
	Endpoint(ctx context.Context, id string) (store.Endpoint, error)
	CreateEndpoint(ctx context.Context, endpoint store.Endpoint, secret string) (store.Endpoint, error)
	ChangeEndpoint(ctx context.Context, id, url string, events []string) (store.Endpoint, error)
	EnableEndpoint(ctx context.Context, id string) (store.Endpoint, error)
	DisableEndpoint(ctx context.Context, id, reason string) (store.Endpoint, error)
	RotateEndpointSecret(ctx context.Context, id, fresh string, until time.Time) (store.Endpoint, error)
	DeleteEndpoint(ctx context.Context, id string) error
	SendTestEvent(ctx context.Context, endpoint string) (store.Delivery, error)
	Deliveries(ctx context.Context, filter store.DeliveryFilter) (store.Page[store.Delivery], error)
	Delivery(ctx context.Context, id string) (store.Delivery, []store.DeliveryTry, error)
	ReplayDelivery(ctx context.Context, id string) (store.Delivery, error)
	CountDeliveries(ctx context.Context, filter store.DeliveryFilter) (int64, error)
	ReplayDeliveries(ctx context.Context, filter store.DeliveryFilter) (int64, error)
}

// staffStore is what colleagues need.
type staffStore interface {
	CatalogueRows(ctx context.Context, filter store.CatalogueFilter) ([]store.CatalogueEntry, error)
	CatalogueHistory(ctx context.Context, filter store.CatalogueFilter) ([]store.CatalogueEntry, error)
	Funnel(ctx context.Context, filter store.FunnelFilter) (store.Funnel, error)
	Commands(ctx context.Context, filter store.CommandFilter) (store.Page[store.Command], error)
	Command(ctx context.Context, id string) (store.Command, error)
	Cases(ctx context.Context, filter store.CaseFilter) (store.Page[store.Case], error)
	Case(ctx context.Context, id string) (store.Case, error)
	CaseNotes(ctx context.Context, id string) ([]store.CaseNote, error)
	machine.Rows
	KnewSubject(ctx context.Context, payer, provider, app string, at time.Time) (bool, error)
}

// Catalogue keeps what operators decide at hand.
type Catalogue interface {
	Current() *policy.Catalogue
	AtLeast(ctx context.Context, version int64) (*policy.Catalogue, error)
	Fresh(ctx context.Context) (*policy.Catalogue, error)
}

// Flags says to whom features are released.
type Flags interface {
	Released(ctx context.Context, channels []policy.Channel, app, buyer string) []string
}

// keyStore is what Idempotency-Keys need.
type keyStore interface {
	WithTx(ctx context.Context, do func(tx *store.Store) error) error
	BeginKey(ctx context.Context, key store.Key) (store.KeyState, error)
	FinishKey(ctx context.Context, principal, value string, answer store.Answer) (store.KeyState, error)
	ReleaseKey(ctx context.Context, principal, value string) error
}

var _ Store = (*store.Store)(nil)

// rows is where this call reads and writes: inside its transaction, if it has one.
func (s *Server) rows(ctx context.Context) Store {
	if tx, ok := ctx.Value(txKey).(Store); ok {
		return tx
	}
	return s.Store
}
