package models

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// brokenLaws are laws with one mistake each, of the kind that people make. The
// walks are worth something only if they catch them all.
var brokenLaws = []struct {
	name   string
	breach string // how the complaint begins
	breaks func([]rule) []rule
}{
	{"a_second_success_is_ignored", "P2", func(table []rule) []rule {
		return change(table, onRule(PaymentSucceeded, Settled, ""), func(r *rule) { r.acts, r.do = nil, nil })
	}},
	{"the_slot_is_not_checked", "P8", func(table []rule) []rule {
		return change(table, refusing("slot_taken"), func(r *rule) {
			r.refuse, r.to, r.acts, r.do = "", Paying, acts(takeSlot), does(CheckLogin)
		})
	}},
	{"expiry_without_closing", "P3", func(table []rule) []rule {
		return change(table, onRule(RequestLapsed, Paying, ""), func(r *rule) {
			r.to, r.acts, r.do = Expired, acts(end), nil
		})
	}},
	{"late_money_is_swallowed", "P2", func(table []rule) []rule {
		return change(table, onRule(PaymentSucceeded, Superseded, ""), func(r *rule) { r.acts, r.do = nil, nil })
	}},
	{"success_undone_by_close", "P7", func(table []rule) []rule {
		return without(table, onRule(PaymentClosed, Applying, over.name))
	}},
	{"a_stale_price_is_applied", "P1", func(table []rule) []rule {
		return without(table, guardedBy(stale.name))
	}},
	{"any_amount_will_do", "P6", func(table []rule) []rule {
		return without(table, guardedBy(mismatched.name))
	}},
	{"the_difference_is_kept", "P1", func(table []rule) []rule {
		return change(table, onRule(OrderAccepted, Applying, ""), func(r *rule) {
			r.acts = acts(act{"keep the difference", func(r *Request, e Event) {
				r.change(r.Winner, func(a *Attempt) { a.Disposition = Applied })
				r.end(e.At)
			}})
		})
	}},
	{"a_hint_overtakes_creating", "P3", func(table []rule) []rule {
		return without(table, onRule(PaymentReported, Paying, opening.name))
	}},
	{"a_hint_is_forgotten", "P2", func(table []rule) []rule {
		return change(table, onRule(PaymentUnknown, Expired, ""), func(r *rule) { r.acts = nil })
	}},
	{"the_first_look_is_the_last", "P2", func(table []rule) []rule {
		return without(table, func(r rule) bool {
			return r.on == PaymentClosed && strings.HasSuffix(r.when.name, fromHint.name)
		})
	}},
	{"any_answer_ends_a_report", "P2", func(table []rule) []rule {
		return change(table, guardedBy(checked.name), func(r *rule) {
			r.when = guard{checked.name, func(r Request, e Event) bool {
				a, ok := r.Attempt(e.Attempt)
				return ok && a.Watched && !a.Pending()
			}}
		})
	}},
	{"a_payer_who_gives_up_is_believed", "P3", func(table []rule) []rule {
		return change(table, onRule(PayWithdrawn, Paying, ownSlot.name), func(r *rule) {
			r.to, r.do = Open, nil
			r.acts = acts(act{"free the slot", func(r *Request, _ Event) { r.dropSlot(r.Slot) }})
		})
	}},
	{"a_close_is_not_asked_for", "P3", func(table []rule) []rule {
		return change(table, onRule(SlotLapsed, Paying, ""), func(r *rule) { r.do = nil })
	}},
}

func TestTheWalksCatchBrokenLaws(t *testing.T) {
	for _, broken := range brokenLaws {
		t.Run(broken.name, func(t *testing.T) {
			law, random := index(broken.breaks(rulesV1())), rand.New(rand.NewPCG(5, 6))
			for n := range 5000 {
				complaint := walk(law, draws(random), nil).broken
				if complaint == "" {
					continue
				}
				if strings.HasPrefix(complaint, broken.breach) {
					t.Logf("walk %d: %s", n+1, complaint)
					return
				}
			}
			t.Errorf("no walk complained of %s", broken.breach)
		})
	}
}

// change alters the rules that match; it is a bug of the test if none does.
func change(table []rule, match func(rule) bool, how func(*rule)) []rule {
	found := false
	for i := range table {
		if match(table[i]) {
			how(&table[i])
			found = true
		}
	}
	if !found {
		panic("no rule matches")
	}
	return table
}

func without(table []rule, match func(rule) bool) []rule {
	left := slices.DeleteFunc(slices.Clone(table), match)
	if len(left) == len(table) {
		panic("no rule matches")
	}
	return left
}

func onRule(on EventKind, from State, when string) func(rule) bool {
	return func(r rule) bool {
		return r.on == on && slices.Contains(r.from, from) && r.when.name == when && r.refuse == ""
	}
}

func refusing(reason string) func(rule) bool { return func(r rule) bool { return r.refuse == reason } }

func guardedBy(name string) func(rule) bool {
	return func(r rule) bool { return strings.HasPrefix(r.when.name, name) }
}
