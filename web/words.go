package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/bojanz/currency"

	"github.com/friendpay/friendpay/models"
)

// china is where our readers' clocks are; it has had no summer time since 1991.
var china = time.FixedZone("UTC+8", 8*60*60)

// writings are how dates are written. In English it is said whose clock they are of: who reads it may be
// anywhere.
var writings = map[Locale]struct{ moment, day, near string }{
	Chinese: {"2006-01-02 15:04", "2006-01-02", "01-02 15:04"},
	English: {"2 Jan 2006, 15:04 (UTC+8)", "2 Jan 2006", "15:04 on 2 Jan"},
}

// wide says that an amount has so many digits that it must be written smaller on a small screen.
func wide(amount models.Money) (bool, error) {
	text, err := FormatMoney(Chinese, amount)
	return utf8.RuneCountInString(text) > len("1,234,567"), err
}

// functions are what templates may call, in one language.
func functions(words Words, locale Locale) template.FuncMap {
	return template.FuncMap{
		"t":       words,
		"money":   func(amount models.Money) (string, error) { return FormatMoney(locale, amount) },
		"clock":   clock,
		"seconds": func(left time.Duration) int { return int(left.Round(time.Second) / time.Second) },
		"wide":    wide,
		"moment":  func(at time.Time) string { return at.In(china).Format(writings[locale].moment) },
		"day":     func(at time.Time) string { return at.In(china).Format(writings[locale].day) },
		"hour":    func(at time.Time) string { return at.In(china).Format("15:04") },
		"around": func(at time.Time, today bool) string {
			if today {
				return at.In(china).Format("15:04")
			}
			return at.In(china).Format(writings[locale].near)
		},
		"say": func(text Spoken) string {
			if locale == Chinese {
				return cmp.Or(text.ZH, text.EN)
			}
			return cmp.Or(text.EN, text.ZH)
		},
		"named": func(asker string) string { return named(locale, asker) },
		"known": func(reason string) string { return known(reason) },
		"asset": static.Address,
		"hours": func(minutes int) int { return minutes / 60 },
		"json": func(fields map[string]string) (string, error) {
			text, err := json.Marshal(fields)
			return string(text), err
		},
		"channel": func(c Channel) string {
			if locale == Chinese {
				return cmp.Or(c.NameZH, c.NameEN, c.ID)
			}
			return cmp.Or(c.NameEN, c.NameZH, c.ID)
		},
	}
}

// named is a name as it stands before other words: in Chinese a space parts what ends in a star or in a
// letter of ours from what follows. Empty for none.
func named(locale Locale, asker string) string {
	if last, _ := utf8.DecodeLastRuneInString(asker); locale == Chinese && asker != "" && last < utf8.RuneSelf {
		return asker + " "
	}
	return asker
}

// FormatMoney writes an amount as people of that language do: "¥129.00".
func FormatMoney(locale Locale, amount models.Money) (string, error) {
	value, err := currency.NewAmountFromInt64(amount.Minor, amount.Currency)
	if err != nil {
		return "", fmt.Errorf("format money: %w", err)
	}
	formatter := currency.NewFormatter(currency.NewLocale(string(locale)))
	formatter.SymbolMap = map[string]string{"CNY": "¥"} // "CN¥" elsewhere; nobody here takes it for yen
	return formatter.Format(value), nil
}

// clock writes what is left as hours, minutes and seconds, the same in every language and as app.js does.
func clock(left time.Duration) string {
	total := max(0, int(left.Round(time.Second)/time.Second))
	hours, minutes, seconds := total/3600, total/60%60, total%60
	if hours == 0 {
		return fmt.Sprintf("%d:%02d", minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d:%02d", hours, minutes, seconds)
}

// Reasons lists the refusals that pages have own words for; each is "refusal."
// and the reason in the translations.
var Reasons = []string{
	"not_now", "not_ready", "ended", "already_paid", "already_ending", "slot_taken", "paused", "price_changed",
	"closing_soon", "still_working", "engine_unavailable", "link_revoked", "link_declined", "link_in_use",
	"channel_unavailable", "refused_by_provider", "bad_quote", "bad_pledge", "bad_code",
	"bad_phone", "code_wrong", "code_expired", "code_too_soon", "code_daily_limit", "code_tries",
	"login_over", "login_failed", "login_refused", "login_unavailable", "no_provider_login",
	"provider_login_first",
	"sms_unavailable", "too_often", "login_first", "login_needed",
	"asker_first", "asker_wrong", "no_issuer", "snapshot", "for_contact",
	"payer_is_buyer", "buyer_may_not_pay", "payer_blocked", "payment_limit", "daily_limit",
	"channel_limit", "channel_daily_limit", "pair_limit", "pair_daily_limit", "buyer_limit", "buyer_daily_limit",
	"merchant_limit", "merchant_daily_limit", "bad_words", "no_category", "too_many_invites",
	"not_later", "too_long", "beyond_order", "not_by_friend", "thanked_already", "bad_thanks",
}

// known is the reason itself, or "other" where no page has words for it.
func known(reason string) string {
	if slices.Contains(Reasons, reason) {
		return reason
	}
	return "other"
}
