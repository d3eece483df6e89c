package faults

import "slices"

// Remove takes one rule off the board, and says whether it was there.
func (b *Board) Remove(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.rules)
	b.rules = slices.DeleteFunc(b.rules, func(r *Rule) bool { return r.ID == id })
	return len(b.rules) < before
}
