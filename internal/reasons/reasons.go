// Package reasons is why something waits for longer than it should: for each reason what to call it
// in words, how much it hurries, and what ends it. The console, the API and the command line say the same.
package reasons

import (
	"slices"
	"strings"
)

// Reason is a stable code; API, filters and metrics use it.
type Reason string

// The reasons, as they are listed.
const (
	PaymentUnmade  Reason = "payment_unmade"  // its order is still being made at the provider
	PaymentUnknown Reason = "payment_unknown" // the provider does not say how it stands
	PaymentClosing Reason = "payment_closing" // the provider does not confirm that it is closed
	PaymentDoubted Reason = "payment_doubted" // a callback spoke of it, the provider's answers do not
	ClosingLive    Reason = "closing_live"    // past its deadline, and not closed yet

	RefundUnknown  Reason = "refund_unknown"
	RefundFailed   Reason = "refund_failed"
	RefundNoFunds  Reason = "refund_no_funds"
	RefundSlow     Reason = "refund_slow"
	MoneyReturning Reason = "money_returning" // that paid for nothing

	Overdue Reason = "overdue"

	CallbackWaiting  Reason = "callback_waiting"
	CallbackDead     Reason = "callback_dead"
	CallbackConflict Reason = "callback_conflict"
	CallbackUnknown  Reason = "callback_unknown_number"
	CallbackForged   Reason = "callback_forged" // many at once

	HookSilent  Reason = "hook_silent"
	HookRefused Reason = "hook_refused" // money that had come

	WebhookFailing   Reason = "webhook_failing"
	WebhookDead      Reason = "webhook_dead"
	EndpointDisabled Reason = "endpoint_disabled"
	SMSFailing       Reason = "sms_failing"

	BreakerOpen  Reason = "breaker_open"
	StatementGap Reason = "statement_gap"
	CaseOpen     Reason = "case_open"

	TaskFailing  Reason = "task_failing"
	WorkerGone   Reason = "worker_gone"
	TemporalDown Reason = "temporal_down"
	RelayStuck   Reason = "relay_stuck"

	ApprovalWaiting Reason = "approval_waiting"
	CommandFailed   Reason = "command_failed"
)

// Severity is how much a reason hurries.
type Severity string

// Act wants somebody; Watch ends by itself if all goes well.
const (
	Act   Severity = "act"
	Watch Severity = "watch"
)

// Words are a text in both languages.
type Words struct{ ZH, EN string }

// In is the text in a language of the house; any other is English.
func (w Words) In(language string) string {
	if strings.HasPrefix(language, "zh") {
		return w.ZH
	}
	return w.EN
}

// About is what is known of a reason.
type About struct {
	Reason   Reason
	Severity Severity
	Name     Words  // short, for counts: "Refund failed"
	Says     Words  // a sentence; {detail} stands for the detail in words
	Step     string // the command that ends it; "": it is only waited for, or somebody outside helps
	Next     Words  // what to do, in a sentence
}

// All lists them in the order in which they are told, the ones about money first.
func All() []About { return slices.Concat(payments, refunds, callbacks, merchants, house) }

// Of is what is known of a reason.
func Of(reason Reason) (About, bool) {
	for _, table := range [][]About{payments, refunds, callbacks, merchants, house} {
		if i := slices.IndexFunc(table, func(a About) bool { return a.Reason == reason }); i >= 0 {
			return table[i], true
		}
	}
	return About{}, false
}

// Say is why something is stuck, in a sentence. A detail that has no words is said as it is.
func Say(reason Reason, detail, language string) string {
	about, known := Of(reason)
	if !known {
		return string(reason)
	}
	text := about.Says.In(language)
	if detail == "" {
		return strings.NewReplacer(" ({detail})", "", "（{detail}）", "", "{detail}", "").Replace(text)
	}
	return strings.ReplaceAll(text, "{detail}", Detail(detail, language))
}

// Step is the command that ends it, by what exactly is wrong; "" when none does.
func Step(reason Reason, detail string) string {
	if other, is := otherwise[reason][detail]; is {
		return other.step
	}
	about, _ := Of(reason)
	return about.Step
}

// Next is what to do about it, in a sentence.
func Next(reason Reason, detail, language string) string {
	if other, is := otherwise[reason][detail]; is {
		return other.next.In(language)
	}
	about, _ := Of(reason)
	return about.Next.In(language)
}

// Detail is a detail in words; one that has none is said as it is, with spaces.
func Detail(detail, language string) string {
	if words, known := details[detail]; known {
		return words.In(language)
	}
	if status, is := strings.CutPrefix(detail, "http_"); is {
		return Words{"答复 HTTP " + status, "it answered HTTP " + status}.In(language)
	}
	return strings.ReplaceAll(detail, "_", " ")
}

// OfSeverity lists the reasons of a severity; all of them for "".
func OfSeverity(severity Severity) (list []Reason) {
	for _, about := range All() {
		if severity == "" || about.Severity == severity {
			list = append(list, about.Reason)
		}
	}
	return list
}
