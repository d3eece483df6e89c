// Package store keeps what the engine knows in PostgreSQL. It is the only
// package that knows GORM or SQL; its constraints say the law once more.
//
// # The projection
//
// The workflow of a request is the truth and its only writer. Each of its steps
// is saved as a whole snapshot by SaveStep, before anything of it leaves the
// house. That save is an activity which may run, write, and be forgotten when
// its workflow task is lost with a server; the step is then judged again, and
// may end otherwise. So what is stored may be what never was, and the next save
// must be able to take it back.
//
// Hence the rule: a step numbered version N replaces whatever is stored under N
// and above, rows of history, attempts, refunds, ledger, messages and cases
// included, and the snapshot decides what stays. The version decides and not the
// seq of the last transition: judged anew, a step may have fewer transitions
// than its lost twin, and "write if newer" would keep the twin for ever.
//
// A fence keeps out who comes too late: a worker that slept through its time-out
// and wakes to write a step long judged by another. Each step carries the
// workflow's time of judgement; a step judged before the stored one is refused
// as stale, and so is a lower version of the same time. Two steps lost together,
// of which the lower is judged anew, are therefore replaced, and a stored step
// is never undone by an older judgement.
//
// # The rest
//
// Provider events and messages are queues: a row is leased by moving the time of
// its next try, under SKIP LOCKED, so that any number of workers may share them.
// Amounts in the ledger are debits above and credits below zero. Phones, provider
// settings, callbacks and stored answers are sealed by a vault; secrets that must
// be found are keyed hashes. All times are UTC and the database's own, since the
// clocks of several instances differ.
package store
