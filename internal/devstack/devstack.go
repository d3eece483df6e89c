// Package devstack starts the private services of a friendpay that runs on one machine: PostgreSQL from the
// binaries already installed, and the Temporal dev server as a child process.
//
// `friendpay dev`, `friendpay demo`, the chaos suite and the tests all stand on it, so what is tested is what
// developers run. Three promises hold for every service: it listens on the loopback address only, it dies
// with the process that started it even when that is killed with SIGKILL, and what it has acknowledged is
// still there when it is started again on the same folder.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

const (
	loopback = "127.0.0.1"

	startAttempts = 4
	startPause    = 200 * time.Millisecond

	// startPatience is how long one start may take when the caller's context sets no earlier end. A cold
	// disk needs most of it: the Temporal binary alone has 250 MB.
	startPatience = 90 * time.Second

	// answerPatience bounds one question whether a service is ready. Clients repeat a call of their own
	// accord, with growing pauses, and would notice late that a service has come up.
	answerPatience = 2 * time.Second

	// claimPatience is how long a start waits for a former server of the same folder to end.
	claimPatience = 15 * time.Second

	// stopPatience is how long a service may take to stop in order before it is killed.
	stopPatience = 20 * time.Second

	pollInterval = 20 * time.Millisecond
)

// FreePort returns a loopback TCP port that nobody listens on. Between this answer and its use another
// process may take the port, so callers that start a server retry.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", loopback+":0") //nolint:noctx // it listens for no time at all
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}

// await waits for a child to become ready; it gives up at once when the child dies.
func await(ctx context.Context, child *process, ready func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-child.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := poll(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, answerPatience)
		defer cancel()
		return ready(ctx)
	})
	switch {
	case err == nil:
		return nil
	case child.ended():
		return child.failure()
	default:
		return fmt.Errorf("%s is not ready: %w", child.name, err)
	}
}

// poll calls ready until it returns nil or the context ends; the error of the last call is part of what it
// returns.
func poll(ctx context.Context, ready func(context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}

// attempts repeats a start that failed, a little later each time: a free port may be lost to somebody else,
// and a server that was killed holds its port and memory for some more moments.
func attempts(ctx context.Context, start func(context.Context) error) error {
	var err error
	for attempt := range startAttempts {
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(time.Duration(attempt) * startPause):
		}
		if err = start(ctx); err == nil {
			return nil
		}
	}
	return err
}

// patience bounds a wait; the caller's own deadline wins when it is earlier.
func patience(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("gave up after %s", limit))
}
