package api

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// PayerView is what the friend sees: an allow-list without address, phone, order
// number or the buyer's id. What other friends did is not in it either.
type PayerView struct {
	State       models.State      `json:"state"`
	Invite      store.InviteState `json:"invite"`
	Merchant    string            `json:"merchant"`
	App         string            `json:"app"`
	AskedBy     string            `json:"asked_by" doc:"Masked."`
	NameCheck   bool              `json:"name_check,omitempty" doc:"Say first who asks; the name is hidden."`
	Shows       models.Shows      `json:"shows" enum:"full,category,surprise" doc:"What you may see of it."`
	Title       string            `json:"title" doc:"Empty where you may not see it; items are, too."`
	Category    string            `json:"category,omitempty" doc:"Where that is all you may see."`
	Message     string            `json:"message,omitempty" doc:"The words of who asks; nobody checked them."`
	Items       []PayerItem       `json:"items" nullable:"false"`
	Payable     models.Money      `json:"payable"`
	Price       int64             `json:"price_version"`
	ExpiresAt   time.Time         `json:"expires_at"`
	SlotUntil   *time.Time        `json:"slot_until,omitempty" doc:"Somebody is paying, until then at most."`
	PausedUntil *time.Time        `json:"paused_until,omitempty"`
	PausedFor   string            `json:"paused_for,omitempty" enum:"outage" doc:"Time stands still."`
	Channels    []ChannelView     `json:"channels" nullable:"false" doc:"In the order to show."`
	LeftOut     []policy.Reason   `json:"left_out" nullable:"false" doc:"Why others are not in the list."`
	Reasons     []policy.Reason   `json:"reasons" nullable:"false" doc:"Why nothing can be paid."`
	Payer       string            `json:"payer,omitempty" doc:"The phone that is logged in, masked."`
	Attempts    []PayerAttempt    `json:"attempts" nullable:"false" doc:"Your own."`
	Seq         int64             `json:"seq"`
}

// PayerItem is one line of the order as the friend sees it: no price of a piece.
type PayerItem struct {
	Title    string `json:"title"`
	Quantity int64  `json:"quantity"`
}

// PayerAttempt is one try of the friend himself, and what goes back of it.
type PayerAttempt struct {
	Number      string              `json:"number"`
	Channel     string              `json:"channel"`
	Brand       string              `json:"brand,omitempty" doc:"What you saw at the till."`
	State       models.AttemptState `json:"state"`
	Disposition models.Disposition  `json:"disposition,omitempty"`
	Quoted      models.Money        `json:"quoted"`
	Captured    *models.Money       `json:"captured,omitempty" doc:"What the order got."`
	Coupon      *models.Money       `json:"coupon,omitempty" doc:"What a coupon paid of it; you paid the rest."`
	OrderAmount models.Money        `json:"order_amount" doc:"What is paid with it: quoted and the discounts."`
	Discounts   []DiscountView      `json:"discounts,omitempty" doc:"What offers take off, and who pays for it."`
	PaidAt      *time.Time          `json:"paid_at,omitempty"`
	Refunds     []PayerRefund       `json:"refunds" nullable:"false"`
}

// PayerRefund is money on its way back to the friend: his own part of it.
type PayerRefund struct {
	Number     string             `json:"number"`
	Amount     models.Money       `json:"amount" doc:"What you get back: never more than you paid yourself."`
	Coupon     *models.Money      `json:"coupon,omitempty" doc:"What goes back into the coupon besides."`
	Order      models.Money       `json:"order_amount" doc:"The part of the order that it gives back."`
	Reason     string             `json:"reason"`
	State      models.RefundState `json:"state"`
	AskedAt    time.Time          `json:"asked_at"`
	ExpectedBy *time.Time         `json:"expected_by,omitempty"`
	DoneAt     *time.Time         `json:"done_at,omitempty"`
	Stranded   bool               `json:"stranded,omitempty" doc:"Your account cannot take it: say what to do."`
	Wish       string             `json:"wish,omitempty" doc:"What you said."`
}

// viewPayer draws the friend's view of a link; decision says which channels are
// his to pick.
func viewPayer(l store.Link, decision policy.Decision) PayerView {
	shown := exposedOn(l)
	view := PayerView{
		State: l.Request.State, Invite: l.Invite.State, Merchant: l.App.MerchantName, App: l.App.Name,
		AskedBy: shownAsker(l), NameCheck: mustSay(l),
		Shows: shown.shows, Title: shown.title, Category: shown.category, Message: shown.message,
		Items: []PayerItem{}, Payable: l.Request.Payable,
		Price: l.Request.PriceVersion, ExpiresAt: l.Request.ExpiresAt.UTC(), Seq: l.Request.Seq,
		SlotUntil: timeIfAny(l.Request.SlotUntil), PausedUntil: timeIfAny(l.Request.PausedUntil),
		Channels: channelViews(l.Channels, decision.Channels), Attempts: []PayerAttempt{},
		PausedFor: pausedFor(l.Request), LeftOut: decision.LeftOut, Reasons: decision.Reasons,
	}
	for _, item := range shown.items {
		view.Items = append(view.Items, PayerItem{Title: item.Title, Quantity: item.Quantity})
	}
	if l.Payer == nil {
		return view
	}
	view.Payer = l.Payer.MaskedPhone
	for _, a := range l.Request.Attempts {
		if a.Payer == l.Payer.ID && !a.ByBuyer {
			view.Attempts = append(view.Attempts, viewPayerAttempt(l.Request, a))
		}
	}
	return view
}

func viewPayerAttempt(r models.Request, a models.Attempt) PayerAttempt {
	view := PayerAttempt{
		Number: a.Number, Channel: a.Channel, State: a.State, Disposition: a.Disposition, Quoted: a.Quoted,
		Captured: moneyIfAny(a.Captured), PaidAt: timeIfAny(a.PaidAt), Refunds: []PayerRefund{},
		Brand: a.Brand, Coupon: moneyIfAny(a.Coupon), OrderAmount: a.Face(), Discounts: discountViews(a),
	}
	for _, f := range r.Refunds {
		if f.Attempt == a.Number {
			view.Refunds = append(view.Refunds, viewPayerRefund(r, f))
		}
	}
	return view
}

func viewPayerRefund(r models.Request, f models.Refund) PayerRefund {
	return PayerRefund{
		Number: f.Number, Amount: r.ToPayer(f), Coupon: moneyIfAny(r.ToCoupon(f)), Reason: f.Why(), State: f.State,
		AskedAt: f.CreatedAt.UTC(), ExpectedBy: timeIfAny(f.ExpectedBy), DoneAt: timeIfAny(f.DoneAt),
		Stranded: f.Stranded(), Wish: f.Wish, Order: f.Worth(),
	}
}

// payersRefund is the refund that a transition is about, if it is this payer's own.
func payersRefund(r models.Request, t models.Transition, payer string) *PayerRefund {
	f, ok := refundOf(r, t)
	a, _ := r.Attempt(f.Attempt)
	if !ok || payer == "" || a.Payer != payer || a.ByBuyer {
		return nil
	}
	view := viewPayerRefund(r, f)
	return &view
}

// channelViews shows the channels of these ids, in their order.
func channelViews(catalogue []store.Channel, ids []string) []ChannelView {
	list := []ChannelView{}
	for _, id := range ids {
		i := slices.IndexFunc(catalogue, func(c store.Channel) bool { return c.ID == id })
		if i >= 0 {
			c := catalogue[i]
			list = append(list, ChannelView{ID: c.ID, Kind: c.Kind, NameZH: c.NameZH, NameEN: c.NameEN})
		}
	}
	return list
}
