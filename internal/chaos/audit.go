package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// audit holds what is left of a run against the provider's journal, outside the blast. It reads Postgres,
// Temporal, logs and what the clients saw, and believes none of them alone.
type audit struct {
	*town
	unfinished []string
	truth      truth
	found      map[string]int // breaches by line
}

// truth is the provider's journal, summed up.
type truth struct {
	refunds  []journal.Entry // done
	captured map[string]int64
	refunded map[string]int64 // by the order's number
	events   map[string]bool  // that the provider made
	sent     []journal.Entry  // deliveries of callbacks
}

// auditLine is one invariant; docs/reliability.md lists them.
type auditLine struct {
	name  string
	check func(context.Context, *audit) (checked int, broken []string, err error)
}

var auditLines = []auditLine{
	{"money at the provider is applied, on its way back, or a case", checkMoney},
	{"each capture and refund is one row, and each row is one of them", checkBooks},
	{"an acknowledged callback is in the inbox, once, and was carried", checkInbox},
	{"what was acknowledged exists; what was unknown exists at most once", checkPlaced},
	{"histories are gapless paths of the law", checkPaths},
	{"ledgers sum to zero and match the provider", checkLedger},
	{"the outbox is empty; the merchant heard all, and the newest state", checkOutbox},
	{"one effect and one answer under one key", checkKeys},
	{"runs and requests end together; no run failed", checkRuns},
	{"nothing forged was believed", checkForged},
	{"refunds due are done, or a case", checkRefunds},
	{"no secret in a log, a history or a row", checkSecrets},
	{"no attempt is undecided", checkAttempts},
	{"whatever was given up on has somebody's attention", checkDead},
}

func (t *town) newAudit(_ context.Context, unfinished []string) (*audit, error) {
	a := &audit{town: t, unfinished: unfinished, found: map[string]int{}}
	a.truth = truth{captured: map[string]int64{}, refunded: map[string]int64{}, events: map[string]bool{}}
	for _, e := range t.house.Sim.Journal().Read(journal.Filter{}).Entries {
		if e.Event != "" {
			a.truth.events[e.Event] = true
		}
		switch e.Kind {
		case "captured":
			a.truth.captured[e.Number] += e.Minor
		case "refund_done":
			a.truth.refunds = append(a.truth.refunds, e)
			a.truth.refunded[e.Number] += e.Minor
		case "callback_sent":
			a.truth.sent = append(a.truth.sent, e)
		}
	}
	return a, nil
}

// finding is a line of the audit as it is told.
type finding struct {
	Line      int      `json:"line"`
	Invariant string   `json:"invariant"`
	Checked   int      `json:"checked"`
	Broken    int      `json:"broken"`
	Examples  []string `json:"examples,omitempty"`
}

// run checks every line, tells each, and returns the numbers of those that are broken.
func (a *audit) run(ctx context.Context) (broken []int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for i, line := range auditLines {
		checked, wrong, err := line.check(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("audit line %d: %w", i+1, err)
		}
		a.options.Report.line(finding{i + 1, line.name, checked, len(wrong), wrong[:min(5, len(wrong))]})
		if len(wrong) > 0 {
			broken = append(broken, i+1)
		}
	}
	if len(a.unfinished) > 0 {
		a.options.Report.line(map[string]any{"stuck": a.unfinished[:min(20, len(a.unfinished))]})
		broken = append(broken, 0)
	}
	return broken, nil
}

// verdict counts what the last line tells.
func (a *audit) verdict(ctx context.Context, s *storm) (v Verdict, err error) {
	type sums struct{ Placed, Settled, Cases int64 }
	found, err := rows[sums](ctx, a.town, `SELECT (SELECT count(*) FROM requests),
		(SELECT count(DISTINCT request_id) FROM transitions WHERE to_state IN ('settled', 'paid_by_buyer')),
		(SELECT count(*) FROM cases)`)
	if err != nil {
		return v, err
	}
	v = Verdict{
		Placed: int(found[0].Placed), Settled: int(found[0].Settled), Cases: int(found[0].Cases),
		Refunded: len(a.truth.refunds), Stuck: len(a.unfinished), Lost: a.found["lost"],
		DoubleCharged: a.found["double"],
	}
	for _, n := range s.counts {
		v.Faults += n
	}
	return v, nil
}

// texts runs a query whose rows are breaches in words.
func (a *audit) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	found, err := rows[text](ctx, a.town, query, args...)
	var list []string
	for _, f := range found {
		list = append(list, f.Value)
	}
	return list, err
}

// count runs a query for one number.
func (a *audit) count(ctx context.Context, query string) (int, error) {
	found, err := rows[struct{ N int64 }](ctx, a.town, query)
	if err != nil {
		return 0, err
	}
	return int(found[0].N), nil
}

// plainly is a line that is one count and one query for breaches.
func (a *audit) plainly(ctx context.Context, count, breaches string) (int, []string, error) {
	checked, err := a.count(ctx, count)
	if err != nil {
		return 0, nil, err
	}
	broken, err := a.texts(ctx, breaches)
	return checked, broken, err
}
