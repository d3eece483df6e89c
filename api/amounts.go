package api

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Amount is money as callers send it: minor units (fen) of one currency, above zero.
type Amount struct {
	Minor    int64  `json:"minor" minimum:"1" maximum:"10000000000" doc:"Fen for CNY." example:"12900"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" patternDescription:"an ISO 4217 code" example:"CNY"`
}

func (a Amount) money() models.Money { return models.Money{Minor: a.Minor, Currency: a.Currency} }

// moneyIfAny leaves zero amounts out of views.
func moneyIfAny(m models.Money) *models.Money {
	if m.Currency == "" {
		return nil
	}
	return &m
}

// timeIfAny leaves zero times out of views.
func timeIfAny(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// masked hides a name but for its first character, and how long it is: "王**".
func masked(name string) string {
	for _, first := range name {
		return string(first) + "**"
	}
	return ""
}
