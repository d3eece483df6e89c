package policy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Channel is a way to pay, as one app offers it.
type Channel struct {
	App             string   `json:"app_id"`
	ID              string   `json:"id"`
	Provider        string   `json:"provider"`
	Product         string   `json:"product"`
	Kind            string   `json:"kind"` // "wallet", "balance", "debit", "credit", "bank_app", "ask"
	Position        int      `json:"position"`
	Amount          Window   `json:"-"`
	MinCloseSeconds int64    `json:"min_close_seconds"` // the provider refuses to close sooner
	Surfaces        []string `json:"surfaces"`          // empty: every one
	Enabled         bool     `json:"enabled"`
}

// rank puts a bank's own app behind every other way, whatever its position: nobody is sent
// there who did not ask for it.
func (c Channel) rank() int {
	if c.Kind == KindBankApp {
		return 1
	}
	return 0
}

// Window bounds an amount, both ends included; a zero end is open.
type Window struct{ Min, Max models.Money }

// UnmarshalJSON reads a channel as its row is written.
func (c *Channel) UnmarshalJSON(row []byte) error {
	type plain Channel
	read := struct {
		*plain
		windowRow
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(row, &read); err != nil {
		return fmt.Errorf("read channel: %w", err)
	}
	c.Amount = Window{
		Min: models.Money{Minor: read.MinMinor, Currency: read.MinCurrency},
		Max: models.Money{Minor: read.MaxMinor, Currency: read.MaxCurrency},
	}
	return nil
}

type windowRow struct {
	MinMinor    int64  `json:"min_minor"`
	MinCurrency string `json:"min_currency"`
	MaxMinor    int64  `json:"max_minor"`
	MaxCurrency string `json:"max_currency"`
}

// OnboardingRow is how far an app is with a channel's provider, on one surface or on all ("").
type OnboardingRow struct {
	App     string    `json:"app_id"`
	Channel string    `json:"channel"`
	Surface string    `json:"surface"`
	State   string    `json:"state"`
	Since   time.Time `json:"since"`
	Note    string    `json:"note"` // for staff only
}

// Rollout says to whom a feature is released, in one app or in all ("").
type Rollout struct {
	Feature     string   `json:"feature"` // "friend_pay", or "channel" with Channel
	Channel     string   `json:"channel"`
	App         string   `json:"app_id"`
	State       string   `json:"state"`
	BasisPoints int      `json:"basis_points"` // of the buyers, when grey; 10000: all
	Allow       []string `json:"allow"`        // buyers who are in when internal or grey
	Owner       string   `json:"owner"`
	Killed      bool     `json:"killed"` // nothing new, not even for requests made before
}

// SurfaceRow says from Since on whether a provider's product works on a surface; without
// both it speaks of the surface itself.
type SurfaceRow struct {
	Surface    string    `json:"surface"`
	Provider   string    `json:"provider"`
	Product    string    `json:"product"`
	Since      time.Time `json:"since"`
	Works      bool      `json:"works"`
	MinVersion string    `json:"min_version"` // "8.0.2"; "": any
	Fallback   string    `json:"fallback"`    // "qr", "share_code", "open_browser", "other_channel" or ""
	ShareCode  bool      `json:"share_code"`
	Note       string    `json:"note"`
}

// Limit bounds what may be paid in an app.
type Limit struct {
	App      string `json:"app_id"`
	Scope    string `json:"scope"`   // "channel", "payer", "pair", "buyer" or "merchant"
	Channel  string `json:"channel"` // of scope channel: which; "": each
	Per      string `json:"per"`     // "transaction" or "day", which is one in Shanghai
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Promotion is an offer: either a fixed amount off, or a part of the order's amount.
type Promotion struct {
	ID          string    `json:"id"`
	App         string    `json:"app_id"`
	Channel     string    `json:"channel"` // "": with each
	NameZH      string    `json:"name_zh"`
	NameEN      string    `json:"name_en"`
	Sponsor     string    `json:"sponsor"` // who pays for it: "merchant", "channel" or "platform"
	FixedMinor  int64     `json:"fixed_minor"`
	BasisPoints int64     `json:"basis_points"`
	CapMinor    int64     `json:"cap_minor"`   // 0: none
	LeastMinor  int64     `json:"least_minor"` // of the order
	BudgetMinor int64     `json:"budget_minor"`
	Currency    string    `json:"currency"`
	StackGroup  string    `json:"stack_group"` // one of each group at most
	Exclusive   bool      `json:"exclusive"`   // stacks with none
	Position    int       `json:"position"`    // lower ones come off first
	Since       time.Time `json:"since"`
	Until       time.Time `json:"until"`
	Enabled     bool      `json:"enabled"`
}

// KindRow says what may be done with orders of a kind, in one app or in all ("").
type KindRow struct {
	App       string `json:"app_id"`
	Kind      string `json:"kind"`
	FriendPay bool   `json:"friend_pay"`
	Credit    bool   `json:"credit"`
	MinMinor  int64  `json:"min_minor"`
	MaxMinor  int64  `json:"max_minor"` // 0: none
	Currency  string `json:"currency"`
}

func (k KindRow) window() Window {
	w := Window{Min: models.Money{Minor: k.MinMinor, Currency: k.Currency}}
	if k.MaxMinor > 0 {
		w.Max = models.Money{Minor: k.MaxMinor, Currency: k.Currency}
	}
	return w
}
