//go:build failpoint

package failpoint

import (
	"math/rand/v2"
	"sync/atomic"
	"syscall"
)

// Enabled says whether this build can die at all.
const Enabled = true

var armed atomic.Pointer[map[string]float64]

// Arm says where this process may die, and how likely: "after-post=0.02,mid-refund=0.1".
func Arm(text string) error {
	chances, err := parse(text)
	if err == nil {
		armed.Store(&chances)
	}
	return err
}

// Hit kills this very process with SIGKILL if the dice say so: no deferred function runs, nothing is flushed.
func Hit(name string) {
	chances := armed.Load()
	if chances == nil || rand.Float64() >= (*chances)[name] { //nolint:gosec // a simulation
		return
	}
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL) // cannot fail for ourselves
	select {}                                           // until it arrives
}
