//go:build !bug_no_slot

package models

// slotless is the rule of a build that must fail the audit; here there is none.
func slotless() []rule { return nil }
