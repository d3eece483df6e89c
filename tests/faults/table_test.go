package faults

import "github.com/friendpay/friendpay/models"

// all are the faults, by name: what goes wrong, under which reason it shows, how it ends.
func all() []fault {
	return []fault{
		{name: "unknown_create", reason: "payment_unmade", inject: unknownCreate, mend: providerBack,
			ended: paidAfterAll, end: "settled"},
		{name: "unknown_refund", reason: "refund_unknown", inject: unknownRefund, mend: providerBack,
			ended: ends(models.Refunded), end: "refunded"},
		{name: "refund_abnormal", reason: "refund_failed", inject: refundAbnormal,
			ended: ends(models.Refunded), end: "refunded"},
		{name: "refund_no_funds", reason: "refund_no_funds", inject: refundNoFunds, mend: providerBack,
			ended: ends(models.Refunded), end: "refunded"},
		{name: "dead_callback", reason: "callback_dead", inject: deadCallback, ended: ends(models.Settled),
			end: "settled"},
		{name: "forged_burst", reason: "callback_forged", inject: forgedBurst, mend: tenQuietMinutes,
			end: "nothing was believed"},
		{name: "callback_unknown_number", reason: "callback_unknown_number", inject: unknownNumber,
			end: "case closed"},
		{name: "mismatched_amount", reason: "case_open", inject: mismatchedAmount, ended: allBack,
			end: "the money went back"},
		{name: "hook_refuses", reason: "hook_refused", hooked: true, inject: hookRefuses, mend: repaid,
			ended: ends(models.Refunded), end: "refunded"},
		{name: "hook_down", reason: "hook_silent", hooked: true, inject: hookDown, mend: hookBack,
			ended: ends(models.Settled), end: "settled"},
		{name: "webhook_dead", reason: "webhook_dead", told: true, inject: webhookDead, mend: webhooksBack,
			ended: allTold, end: "told"},
		{name: "task_failing", reason: "task_failing", inject: taskFailing, mend: bugMended,
			ended: ends(models.Settled), end: "settled"},
		{name: "breaker_open", reason: "breaker_open", inject: breakerOpen, mend: providerBack,
			ended: paidAndTrusted, end: "the next friend paid this way"},
		{name: "late_money", reason: "money_returning", inject: lateMoney, mend: repaid, ended: allBack,
			end: "the money went back"},
		{name: "doubled_capture", reason: "money_returning", inject: doubledCapture, mend: repaid, ended: allBack,
			end: "settled once, the other went back"},
		{name: "expired_with_live_attempt", reason: "closing_live", inject: expiredLive, mend: providerBack,
			ended: ends(models.Expired), end: "expired"},
		{name: "reconciliation_gap", reason: "statement_gap", inject: reconciliationGap, mend: providerBack,
			end: "case closed"},
		{name: "stuck_relay", reason: "relay_stuck", alone: true, inject: stuckRelay, mend: providerBack,
			ended: ends(models.Settled), end: "settled"},
		{name: "worker_gone", reason: "worker_gone", alone: true, inject: workerGone, mend: workerBack,
			ended: paidAfterAll, end: "settled"},
		{name: "temporal_down", reason: "temporal_down", alone: true, inject: temporalDown, mend: temporalBack,
			ended: paidAfterAll, end: "settled"},
	}
}
