package store

import "time"

// How long each thing may take before it counts as stuck. The windows of the law are divided by
// Speed, as the law's own are; what one of our machines normally does within a second is not.
const (
	undecidedFor = 15 * time.Minute // a payment being closed: the provider may refuse for five
	refundFor    = 24 * time.Hour   // a refund that nobody said a day of
	conflictFor  = 72 * time.Hour   // how long a conflict is shown

	soonFor    = 10 * time.Second // a state that a healthy payment leaves at once
	waitingFor = 15 * time.Second // our own: a due timer, a callback, an order being asked
	makingFor  = 20 * time.Second // an order being made; at 30 s it is given up as unknown

	failedFor = 24 * time.Hour   // how long a failed command is shown
	burstFor  = 10 * time.Minute // how long after the last of them forged callbacks are
	burstSize = 5
)

// windows are the moments before which something must have begun to be stuck at the filter's.
func windows(filter StuckFilter) map[string]any {
	now := filter.Now.UTC()
	scaled := func(window time.Duration) time.Time {
		return now.Add(-max(window/time.Duration(max(filter.Speed, 1)), soonFor))
	}
	return map[string]any{
		"now": now, "undecided": scaled(undecidedFor), "refund": scaled(refundFor),
		"conflict": scaled(conflictFor), "soon": now.Add(-soonFor), "waiting": now.Add(-waitingFor),
		"making": now.Add(-makingFor), "failed": now.Add(-failedFor),
		"burst": now.Add(-burstFor), "many": burstSize,
	}
}
