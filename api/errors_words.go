package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// A problem's fix is always a sentence for whoever asked. The law words its own for
// the friend, who meets most refusals.

// sellersFix says to a merchant or a buyer what to do about a refusal of the law.
var sellersFix = map[string]string{
	"ended":          "Place a new request, if the order is still unpaid.",
	"already_paid":   "Read the request for what was paid; a merchant gives money back by a refund.",
	"already_ending": "Read the request again in a moment.",
	"slot_taken":     "Try again when the slot is free: see until.",
	"paused":         "Accept or decline the new price, or try again: see until.",
	"price_changed":  "Read the request again and name its price_version.",
	"closing_soon":   "Place a new request with more time.",
}

// wordsFor fits the fix to who asked.
func (p *Problem) wordsFor(ctx context.Context) {
	kind := caller(ctx).Kind
	if words, known := sellersFix[p.Reason]; known && (kind == merchant || kind == buyer) {
		p.Fix = words
	}
}

// wayOut puts the stable word of the rules for a way out into a sentence.
var wayOut = map[string]string{
	policy.FixPayYourself:   "Let the buyer pay the order himself.",
	policy.FixOtherChannel:  "Let the friend pay through another channel.",
	policy.FixNewOrder:      "Place a new order.",
	policy.FixOpenElsewhere: "Send the link where one of the channels works.",
	policy.FixOpenBrowser:   "Let the friend open the link in a browser.",
	policy.FixQR:            "Let the friend scan the link's code with another app.",
	policy.FixLater:         "Try again in a few minutes.",
	policy.FixTomorrow:      "Ask again tomorrow, or let the buyer pay the order himself.",
	policy.FixShareCode:     "Send the short code instead of the link.",
}

// PriceView is a price in force, in the words in which a price is sent.
type PriceView struct {
	Payable      models.Money `json:"payable"`
	PriceVersion int64        `json:"price_version"`
}
