package store

import (
	"context"
	"encoding/json"
)

// checks say what the rules of the tables want, by their names.
var checks = map[string]struct{ field, fix string }{
	"channels_min_close": {"min_close_seconds", "Seconds, not below zero."},
	"channels_window":    {"max_minor", "Amounts in fen: 0 <= min_minor <= max_minor, both in one currency."},
	"onboarding_state": {"state",
		"One of none, applied, reviewing, approved, rejected, suspended, invited_only."},
	"rollouts_feature": {"feature", "friend_pay, or channel with a channel."},
	"rollouts_state":   {"state", "One of off, internal, grey, full, draining."},
	"rollouts_basis_points": {"basis_points",
		"Hundredths of a percent, 0 to 10000: 1000 is ten percent."},
	"rollouts_owner":          {"owner", "Who answers for the release."},
	"surfaces_surface":        {"surface", "A surface, like wechat or mobile."},
	"surfaces_fallback":       {"fallback", `One of "", qr, share_code, open_browser, other_channel.`},
	"pay_limits_scope":        {"scope", "One of channel, payer, pair, buyer, merchant."},
	"pay_limits_per":          {"per", "transaction or day."},
	"pay_limits_minor":        {"minor", "Fen, above zero; take the row away for no limit."},
	"pay_limits_currency":     {"currency", "Three capital letters, like CNY."},
	"promotions_id":           {"id", "1 to 64 of a-z, 0-9 and _."},
	"promotions_sponsor":      {"sponsor", "One of merchant, channel, platform."},
	"promotions_fixed":        {"fixed_minor", "Fen, not below zero."},
	"promotions_basis_points": {"basis_points", "Hundredths of a percent, 0 to 10000."},
	"promotions_cap":          {"cap_minor", "Fen, not below zero; 0 for none."},
	"promotions_least":        {"least_minor", "Fen, not below zero."},
	"promotions_budget":       {"budget_minor", "Fen, not below zero."},
	"promotions_currency":     {"currency", "Three capital letters, like CNY."},
	"promotions_one_measure":  {"fixed_minor", "Either fixed_minor or basis_points is above zero, not both."},
	"promotions_window":       {"until", "It ends after it begins: until is later than since."},
	"kinds_kind":              {"kind", "A kind of order, like virtual."},
	"kinds_min":               {"min_minor", "Fen, not below zero."},
	"kinds_max":               {"max_minor", "Fen, not below zero; 0 for none."},

	"breaker_rules_errors":       {"errors", "1 to 100 failures."},
	"breaker_rules_window":       {"window_seconds", "1 to 3600 seconds."},
	"breaker_rules_rest":         {"rest_seconds", "1 to 3600 seconds."},
	"breaker_rules_longest":      {"longest_seconds", "Seconds, rest_seconds or more."},
	"breaker_rules_longest_most": {"longest_seconds", "86400 seconds at most."},
	"risk_rules_kind": {"kind",
		"One of payer_velocity, buyer_strangers, app_strangers, dear_strangers."},
	"risk_rules_window":     {"window_seconds", "1 to 2592000 seconds, which are thirty days."},
	"risk_rules_most":       {"most", "0 or more: beyond so many goods are held."},
	"risk_rules_most_most":  {"most", "1000000 at most; enabled=false for no such rule."},
	"risk_rules_times":      {"times", "0 or more."},
	"risk_rules_times_most": {"times", "1000000 at most."},
	"risk_rules_times_told": {"times", "Of dear_strangers 1 or more: times the app's median price."},
}

// referred refuses a row about an app or a channel that nobody has: it would be about
// nothing, and a slip of the pen that switches off, or leaves on, what was not meant.
func (s *Store) referred(ctx context.Context, c Change, row map[string]json.RawMessage) error {
	var named struct {
		Channel string `json:"channel"`
		App     string `json:"app_id"`
	}
	encoded, err := json.Marshal(row)
	if err == nil {
		err = json.Unmarshal(encoded, &named)
	}
	if err != nil || c.Away {
		return err
	}
	if named.App != "" {
		const query = "SELECT EXISTS (SELECT FROM apps WHERE id = ?)"
		var known bool
		if err := s.read(ctx, &known, query, named.App); err != nil {
			return err
		}
		if !known {
			return wrongField("app_id", "unknown_reference", "It names what does not exist.", "Name one that exists.")
		}
	}
	if named.Channel == "" {
		return nil
	}
	const query = "SELECT EXISTS (SELECT FROM channels WHERE id = ? AND (app_id = ? OR ? = ''))"
	var known bool
	if err := s.read(ctx, &known, query, named.Channel, named.App, named.App); err != nil || known {
		return err
	}
	return wrongField("channel", "unknown_channel", "No app, or not this one, has that channel.",
		"Make the channel first; see the list of channels.")
}
