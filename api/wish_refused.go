package api

import (
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// refusedAttempt says why CheckLogin or the provider would not have it, and what helps;
// where a limit of the day is used up, until when.
func (s *Server) refusedAttempt(reason string) error {
	if reason == errRepriced.Reason {
		return errRepriced
	}
	words, known := attemptRefusals[reason]
	if !known {
		words.says = "This payment is not possible."
	}
	refused := &models.Error{Code: models.Forbidden, Reason: reason, Message: words.says, Fix: words.fix}
	if limitsOfADay[reason] {
		refused.Until = policy.Tomorrow(s.Clock())
	}
	return refused
}

var limitsOfADay = policy.Refusals()

var attemptRefusals = map[string]struct{ says, fix string }{
	"payer_blocked":       {"You cannot pay with this account.", ""},
	"payer_is_buyer":      {"This is your own order: pay it in the shop.", ""},
	"link_revoked":        {"The buyer took this link back.", ""},
	"channel_unavailable": {"This way to pay is not available now.", "Pick another way to pay."},
	"refused_by_provider": {"The provider refused the payment. Pick another way to pay.", ""},

	"payment_limit": {"The amount is above your limit for one payment.", "Ask another friend to pay."},
	"daily_limit": {"The amount is above what is left of your daily limit.",
		"Ask another friend to pay, or pay tomorrow."},
	"channel_limit": {"The amount is above this way to pay's limit for one payment.",
		"Pick another way to pay."},
	"channel_daily_limit": {"The amount is above what is left of this way to pay's daily limit.",
		"Pick another way to pay, or pay tomorrow."},
	"pair_limit": {"The amount is above the limit for one payment from you to this buyer.",
		"Ask another friend to pay."},
	"pair_daily_limit": {"The amount is above what you may still pay for this buyer today.",
		"Ask another friend to pay, or pay tomorrow."},
	"buyer_limit": {"The amount is above what friends may pay for this buyer at once.",
		"The buyer can pay in the shop."},
	"buyer_daily_limit": {"The amount is above what friends may still pay for this buyer today.",
		"Pay tomorrow; or the buyer pays in the shop."},
	"merchant_limit": {"The amount is above what this shop takes from friends at once.",
		"The buyer can pay in the shop."},
	"merchant_daily_limit": {"The amount is above what this shop may still take from friends today.",
		"Pay tomorrow; or the buyer pays in the shop."},
}
