//go:build bug_ack_first

package bug

// AckFirst acknowledges a callback whether or not it could be stored.
const AckFirst = true
