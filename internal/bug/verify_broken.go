//go:build bug_skip_verify

package bug

// SkipVerify believes every callback.
const SkipVerify = true
