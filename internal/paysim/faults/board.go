package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// maxRules bounds the board; spent rules leave it.
const maxRules = 10_000

// ErrFull says that the board takes no more rules until some are spent or cleared.
var ErrFull = errors.New("too many fault rules")

// Board holds the rules of one simulator, for all of its providers.
type Board struct {
	mu      sync.Mutex
	rules   []*Rule
	made    int
	dice    *rand.Rand
	release chan struct{} // closed and replaced by Release
	held    int
}

// NewBoard makes an empty board; the same seed makes the same choices.
func NewBoard(seed uint64) *Board {
	dice := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // repeatable on purpose
	return &Board{dice: dice, release: make(chan struct{})}
}

// Add puts a rule on the board and returns it with its id and true count.
func (b *Board) Add(rule Rule) (Rule, error) {
	if rule.Count == 0 {
		rule.Count = 1
	}
	if err := rule.check(); err != nil {
		return Rule{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rules) >= maxRules {
		return Rule{}, ErrFull
	}
	b.made++
	rule.ID, rule.Hits = fmt.Sprintf("f%d", b.made), 0
	b.rules = append(b.rules, &rule)
	return rule, nil
}

// Take finds the first rule for a call and uses it up by one. The zero Rule
// means that all goes well.
func (b *Board) Take(provider string, op Op, numbers ...string) Rule {
	return b.take(provider, op, numbers, func(Mode) bool { return true })
}

// TakeMode is Take for one mode only; TakeBut skips that mode. They let an
// event be lost as a whole while its deliveries are spoiled one by one.
func (b *Board) TakeMode(mode Mode, provider string, op Op, numbers ...string) Rule {
	return b.take(provider, op, numbers, func(m Mode) bool { return m == mode })
}

// TakeBut is Take for every mode but one.
func (b *Board) TakeBut(mode Mode, provider string, op Op, numbers ...string) Rule {
	return b.take(provider, op, numbers, func(m Mode) bool { return m != mode })
}

func (b *Board) take(provider string, op Op, numbers []string, wanted func(Mode) bool) Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, rule := range b.rules {
		if !wanted(rule.Mode) || !rule.matches(provider, op, numbers) {
			continue
		}
		if rule.Chance > 0 && b.dice.Float64() >= rule.Chance {
			continue
		}
		rule.Hits++
		if rule.Count > 0 {
			rule.Count--
		}
		taken := *rule
		if rule.Count == 0 {
			b.rules = slices.Delete(b.rules, i, i+1)
		}
		return taken
	}
	return Rule{}
}

// Rules lists what is on the board, oldest first.
func (b *Board) Rules() []Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Rule, 0, len(b.rules))
	for _, rule := range b.rules {
		list = append(list, *rule)
	}
	return list
}

// Clear takes every rule off and releases what is held.
func (b *Board) Clear() {
	b.mu.Lock()
	b.rules = nil
	b.mu.Unlock()
	b.Release()
}

// Release lets every held answer go and says how many there were.
func (b *Board) Release() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.release)
	b.release = make(chan struct{})
	return b.held
}

// Held is how many answers wait right now.
func (b *Board) Held() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

// Hold waits for Release, for the rule's MS if it has any, or for the context.
func (b *Board) Hold(ctx context.Context, rule Rule) {
	limit := time.Duration(maxMS) * time.Millisecond
	if rule.MS > 0 {
		limit = time.Duration(rule.MS) * time.Millisecond
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	b.mu.Lock()
	gate := b.release
	b.held++
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.held--
		b.mu.Unlock()
	}()
	select {
	case <-gate:
	case <-timer.C:
	case <-ctx.Done():
	}
}
