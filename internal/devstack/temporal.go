package devstack

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"syscall"
)

// TemporalNamespace is the namespace that every dev server has.
const TemporalNamespace = "default"

// TemporalOptions says how a private Temporal server runs. The zero value is an in-memory server on a free
// port.
type TemporalOptions struct {
	Binary string // the Temporal CLI; empty: FindTemporal's answer
	Dir    string // holds temporal.db and the log; empty: in memory, lost at Stop and at Kill
	Port   int    // of the gRPC frontend; 0: a free port
	UI     bool
	UIPort int // 0: a free port

	Namespaces       []string          // made beside TemporalNamespace
	SearchAttributes map[string]string // name to type (Keyword, Int, Datetime …), in every namespace
	DynamicConfig    map[string]string // key to JSON value, over our own settings
}

// Temporal is a private Temporal dev server on the loopback address.
type Temporal struct {
	options TemporalOptions
	folder  folder
	mu      sync.Mutex // guards the rest
	port    int
	uiPort  int
	server  *process // nil while stopped
}

// StartTemporal starts a dev server and waits until its namespaces can be used. The context bounds the start
// only: the server runs until Stop, Kill or our own end.
func StartTemporal(ctx context.Context, options TemporalOptions) (*Temporal, error) {
	if options.Binary == "" {
		found, err := FindTemporal(".")
		if err != nil {
			return nil, err
		}
		options.Binary = found
	}
	folder, err := useFolder(options.Dir)
	if err != nil {
		return nil, err
	}
	t := &Temporal{options: options, folder: folder, port: options.Port, uiPort: options.UIPort}
	if err := t.start(ctx); err != nil {
		return nil, errors.Join(err, folder.discard())
	}
	return t, nil
}

// Address returns host and port of the gRPC frontend, for the SDK.
func (t *Temporal) Address() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.address()
}

// UIURL returns the address of the Web UI, empty when it is off.
func (t *Temporal) UIURL() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.options.UI {
		return ""
	}
	return "http://" + net.JoinHostPort(loopback, strconv.Itoa(t.uiPort))
}

// Restart starts the server again on the same ports and file, after Stop or Kill.
func (t *Temporal) Restart(ctx context.Context) error {
	if err := t.halt((*process).kill); err != nil {
		return err
	}
	return t.start(ctx)
}

// Stop ends the server in order; stopping twice is fine. An in-memory server is simply killed: it has nothing
// to save, and an orderly stop takes seconds.
func (t *Temporal) Stop() error {
	end := func(server *process) error { return server.stop(syscall.SIGINT) }
	if t.folder.temporary {
		end = (*process).kill
	}
	return errors.Join(t.halt(end), t.folder.discard())
}

// Kill ends the server as a crash would. Its file stays, for Restart.
func (t *Temporal) Kill() error { return t.halt((*process).kill) }

func (t *Temporal) halt(end func(*process) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server == nil {
		return nil
	}
	server := t.server
	t.server = nil
	return end(server)
}

func (t *Temporal) start(ctx context.Context) error {
	ctx, cancel := patience(ctx, startPatience)
	defer cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	pickPort, pickUIPort := t.port == 0, t.uiPort == 0
	return attempts(ctx, func(ctx context.Context) (err error) {
		if pickPort {
			if t.port, err = FreePort(); err != nil {
				return err
			}
		}
		if pickUIPort {
			if t.uiPort, err = FreePort(); err != nil {
				return err
			}
		}
		return t.launch(ctx)
	})
}

func (t *Temporal) launch(ctx context.Context) error {
	server, err := command{
		name: "Temporal", path: t.options.Binary, args: t.arguments(), env: t.environment(), dir: t.folder.path,
		logFile: t.folder.file("temporal.log"), deathCause: syscall.SIGKILL,
	}.start()
	if err != nil {
		return err
	}
	if err := await(ctx, server, t.answers); err != nil {
		return errors.Join(err, server.kill())
	}
	t.server = server
	return nil
}

func (t *Temporal) address() string { return net.JoinHostPort(loopback, strconv.Itoa(t.port)) }
