package reasons_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reasons"
)

func TestEveryReasonHasItsWords(t *testing.T) {
	all := reasons.All()
	require.Len(t, all, 31)
	seen := map[reasons.Reason]bool{}
	for _, about := range all {
		require.False(t, seen[about.Reason], about.Reason)
		seen[about.Reason] = true
		require.Contains(t, []reasons.Severity{reasons.Act, reasons.Watch}, about.Severity, about.Reason)
		for _, words := range []reasons.Words{about.Name, about.Says, about.Next} {
			require.NotEmpty(t, words.EN, about.Reason)
			require.True(t, strings.ContainsFunc(words.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }),
				"%s: %q is not Chinese", about.Reason, words.ZH)
			require.Equal(t, strings.Contains(words.EN, "{detail}"), strings.Contains(words.ZH, "{detail}"))
		}
		for _, language := range []string{"en", "zh-CN"} {
			require.NotContains(t, reasons.Say(about.Reason, "", language), "{")
			require.NotContains(t, reasons.Say(about.Reason, "", language), "()")
			require.NotEmpty(t, reasons.Next(about.Reason, "", language))
		}
	}
}

func TestADetailSaysMore(t *testing.T) {
	require.Equal(t, "A case is open (money that does not match).",
		reasons.Say(reasons.CaseOpen, "capture_mismatch", "en"))
	require.Equal(t, "有一个待处理的工单（收款与报价不符）。", reasons.Say(reasons.CaseOpen, "capture_mismatch", "zh-CN"))
	require.Equal(t, "A callback could not be applied (no such thing).",
		reasons.Say(reasons.CallbackDead, "no_such_thing", "en"))
	require.Equal(t, "A callback waits to be applied.", reasons.Say(reasons.CallbackWaiting, "", "en"))
	require.Equal(t, "A webhook was given up (it answered HTTP 500).",
		reasons.Say(reasons.WebhookDead, "http_500", "en"))
	require.Equal(t, "bad_mood", reasons.Say("bad_mood", "", "en"))
}

func TestTheStepFollowsFromWhatIsWrong(t *testing.T) {
	for detail, step := range map[string]string{
		"abnormal": "divert_refund", "with_merchant": "hand_refund", "lost": "requery", "closed": "retry_refund",
	} {
		require.Equal(t, step, reasons.Step(reasons.RefundFailed, detail), detail)
		require.NotEmpty(t, reasons.Next(reasons.RefundFailed, detail, "en"))
	}
	require.Empty(t, reasons.Step(reasons.RefundNoFunds, "waiting"), "it is asked for again by itself")
	require.Equal(t, "retry_refund", reasons.Step(reasons.RefundNoFunds, "no_funds"))
	require.Empty(t, reasons.Step(reasons.RefundFailed, "diverted"), "it is on its way")
	require.Equal(t, "resend_webhook", reasons.Step(reasons.WebhookDead, "http_500"))
	require.Equal(t, "enable_endpoint", reasons.Step(reasons.WebhookDead, "endpoint_disabled"))
}
