package models

import "slices"

// Check says whether an event from outside is well formed: a known kind with
// what that kind carries. The error names the field.
func (e Event) Check() error {
	if !slices.Contains(Outside, e.Kind) {
		return shape("kind", "This event cannot be sent from outside.")
	}
	switch e.Kind {
	case PayAsked:
		return e.checkPay()
	case PriceChanged:
		if e.Price == nil || !payableMoney(e.Price.Payable) || e.Price.Version <= 0 {
			return shape("price", "A price has a positive amount, a currency and a version.")
		}
	case RefundAsked:
		if !e.oneAmount() || !number(e.Refund) {
			return shape("money", "A refund has one positive amount and a number of its own.")
		}
	case RefundRetried:
		if !number(e.Refund) || !number(e.Spare) {
			return shape("refund", "A retry names its refund and brings a spare number.")
		}
	case RefundWished:
		if !number(e.Refund) || e.Reason != WishAgain && e.Reason != WishContact || e.Actor == "" {
			return shape("refund", "A payer's wish names its refund, what to do with it, and who wants it.")
		}
	case RefundDiverted, RefundHanded:
		if !number(e.Refund) {
			return shape("refund", "This event names its refund.")
		}
	case PaymentReported, PayWithdrawn:
		if !number(e.Attempt) {
			return shape("attempt", "This event names its attempt.")
		}
	case Extended, Reopened:
		if e.Until.IsZero() || e.HardEnd.Before(e.Until) {
			return shape("until", "A new deadline is a moment that is not past what the order allows.")
		}
	case RefundReported:
		if !number(e.Refund) {
			return shape("refund", "A report names its refund.")
		}
	default: // the other kinds carry nothing
	}
	return nil
}

func (e Event) checkPay() error {
	switch {
	case e.Pay == nil || !number(e.Pay.Number):
		return shape("pay.number", "An attempt has a number of 26 characters 0-9A-Z.")
	case e.Pay.Payer == "":
		return shape("pay.payer", "Somebody must be paying.")
	case e.Pay.Channel == "" || e.Pay.Provider == "" || e.Pay.Account == "":
		return shape("pay.channel", "A channel leads to an account at a provider.")
	case !payableMoney(e.Pay.Quoted):
		return shape("pay.quoted", "A quote has a positive amount and a currency.")
	case slices.ContainsFunc(e.Pay.Discounts, Discount.malformed):
		return shape("pay.discounts", "A discount names its offer and has a positive amount.")
	default:
		return nil
	}
}

// oneAmount says that a refund is told either by what the payer gets or by the part of the
// order that it is for.
func (e Event) oneAmount() bool {
	if e.OrderAmount != nil {
		return e.Money == nil && payableMoney(*e.OrderAmount)
	}
	return e.Money != nil && payableMoney(*e.Money)
}

func payableMoney(m Money) bool { return m.Minor > 0 && len(m.Currency) == 3 }

// number says whether s may be an attempt's or refund's number: 26 × [0-9A-Z].
func number(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) == 26
}

func shape(field, message string) error {
	return &Error{Code: Invalid, Reason: "malformed_event", Field: field, Message: message}
}
