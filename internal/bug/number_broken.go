//go:build bug_new_number

package bug

// NewNumber asks the provider again under a new number when an answer was lost.
const NewNumber = true
