// Package testkit gives tests the real things: a database of their own in a real PostgreSQL, a real Temporal
// server, a real browser.
//
// Servers are started once per test binary, on first use, and stopped by Main; a binary without Main leaves
// nothing running either, since the servers die with it. What a test gets is its own and is gone after it, so
// tests may run in parallel.
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
//
//	func TestOrders(t *testing.T) {
//		t.Parallel()
//		dsn := testkit.Database(t, store.Migrate)
//		…
//	}
package testkit

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/friendpay/friendpay/internal/devstack"
)

// Option changes what Main and the servers of this test binary do.
type Option func(*settings)

type settings struct {
	temporal devstack.TemporalOptions
	leaks    []goleak.Option
}

// process is what this test binary shares between its tests. A package variable, since the package testing
// has no other place that outlives a test.
var process struct {
	settings

	mu    sync.Mutex
	stops []func() error
}

// SearchAttributes registers search attributes, name to type, with every namespace of the Temporal server.
func SearchAttributes(attributes map[string]string) Option {
	return func(s *settings) { s.temporal.SearchAttributes = attributes }
}

// TemporalSetting overrides one key of the Temporal server's dynamic configuration with a JSON value.
func TemporalSetting(key, value string) Option {
	return func(s *settings) {
		if s.temporal.DynamicConfig == nil {
			s.temporal.DynamicConfig = map[string]string{}
		}
		s.temporal.DynamicConfig[key] = value
	}
}

// MayLeak allows goroutines whose topmost function has this name to outlive the tests. It is for libraries
// that cannot be stopped; say in a comment which and why.
func MayLeak(function string) Option {
	return func(s *settings) { s.leaks = append(s.leaks, goleak.IgnoreTopFunction(function)) }
}

// Main runs the tests of a package, stops what they started and fails if a goroutine is left behind: a leak
// in a test is a leak in the server it tests.
func Main(m *testing.M, options ...Option) {
	for _, option := range options {
		option(&process.settings)
	}
	code := m.Run()
	if err := errors.Join(stopAll(), leaks(code)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// leaks is asked only after success: a test that failed half-way has left things behind by right.
func leaks(code int) error {
	if code != 0 {
		return nil
	}
	http.DefaultClient.CloseIdleConnections()
	return goleak.Find(process.leaks...)
}

// AtEnd has undo called when the tests of this binary are over, the last one first.
func AtEnd(undo func() error) { atEnd(undo) }

func atEnd(stop func() error) {
	process.mu.Lock()
	defer process.mu.Unlock()
	process.stops = append(process.stops, stop)
}

// stopAll undoes in reverse order: databases are dropped before their server stops.
func stopAll() error {
	process.mu.Lock()
	defer process.mu.Unlock()
	var errs []error
	for index := len(process.stops) - 1; index >= 0; index-- {
		errs = append(errs, process.stops[index]())
	}
	process.stops = nil
	return errors.Join(errs...)
}
