// Package failpoint lets a process die at the worst moments: between two steps that should have happened
// together. Built without the tag "failpoint" a failpoint is nothing at all.
package failpoint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The moments at which a process may die.
const (
	AfterKeep     = "after-keep"     // a callback is committed, not acknowledged and not posted
	AfterPost     = "after-post"     // the workflow has judged a hint, its inbox row does not know
	AfterCall     = "after-call"     // the provider has answered, nobody has noted it
	MidRefund     = "mid-refund"     // the provider has taken a refund on, the workflow does not know
	MidWebhook    = "mid-webhook"    // the merchant has heard, the outbox does not know
	AfterSave     = "after-save"     // a step is in Postgres and not yet durable in Temporal
	BeforeAttempt = "before-attempt" // a friend's wish is about to be delivered
)

// Names lists them all.
var Names = []string{AfterKeep, AfterPost, AfterCall, MidRefund, MidWebhook, AfterSave, BeforeAttempt}

// parse reads "name=chance,…", chance being above 0 and at most 1.
func parse(text string) (map[string]float64, error) {
	chances := map[string]float64{}
	for _, pair := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		name, value, _ := strings.Cut(pair, "=")
		chance, err := strconv.ParseFloat(value, 64)
		if err != nil || chance <= 0 || chance > 1 || !slices.Contains(Names, name) {
			return nil, fmt.Errorf("failpoint %q is not one of %v with a chance", pair, Names)
		}
		chances[name] = chance
	}
	return chances, nil
}
