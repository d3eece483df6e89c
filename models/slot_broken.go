//go:build bug_no_slot

package models

// slotless gives everybody who asks an attempt of his own, whoever is paying already.
func slotless() []rule {
	return []rule{{from: in(Paying), on: PayAsked, acts: acts(takeSlot), do: does(CheckLogin)}}
}
