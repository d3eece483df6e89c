//go:build !bug_no_drain

package bug

// NoDrain lets time decide although a message came with it, and forgets the message.
const NoDrain = false
