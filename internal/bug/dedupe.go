//go:build !bug_no_dedupe

package bug

// NoDedupe takes each delivery of a callback for another event.
const NoDedupe = false
