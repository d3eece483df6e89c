package chaos

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/devstack"
)

// member is one process of the product, kept alive as a system's supervisor would: whoever kills it sees it
// started again a moment later.
type member struct {
	name, role, build string
	start             func() (*devstack.Child, error)
	cancel            context.CancelFunc
	done              chan struct{}

	mu     sync.Mutex
	child  *devstack.Child // nil between two lives
	starts int
	wrong  time.Duration // of its clock, from its next life on
}

// fleet is all processes of the product.
type fleet struct {
	binary string
	dir    string // of the logs

	mu      sync.Mutex
	members []*member
}

// restartPause is what passes between a death and the next start.
const restartPause = 400 * time.Millisecond

// launch starts a process and keeps it alive until it is retired.
func (f *fleet) launch(
	ctx context.Context, name, role, build string, env map[string]string,
) (*member, error) {
	var pairs []string
	for key, value := range env {
		pairs = append(pairs, key+"="+value)
	}
	ctx, cancel := context.WithCancel(ctx)
	m := &member{name: name, role: role, build: build, cancel: cancel, done: make(chan struct{})}
	m.start = func() (*devstack.Child, error) {
		settings := append(slices.Clone(pairs), "FRIENDPAY_CLOCK_OFFSET="+m.offset().String())
		return devstack.StartChild(name, f.binary, []string{role}, settings, filepath.Join(f.dir, name+".log"))
	}
	first, err := m.begin()
	if err != nil {
		cancel()
		return nil, err
	}
	go m.keep(ctx, first)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.members = append(f.members, m)
	return m, nil
}

func (m *member) begin() (*devstack.Child, error) {
	child, err := m.start()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", m.name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.child, m.starts = child, m.starts+1
	return child, nil
}

// keep starts the process again whenever it is gone.
func (m *member) keep(ctx context.Context, child *devstack.Child) {
	defer close(m.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-child.Ended():
		}
		m.set(nil)
		for next := (*devstack.Child)(nil); next == nil; {
			if !pause(ctx, restartPause) {
				return
			}
			var err error
			if next, err = m.begin(); err == nil {
				child = next
			}
		}
	}
}

func (m *member) set(child *devstack.Child) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.child = child
}

func (m *member) offset() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wrong
}

// misdate kills the process; its next lives are that far from the right time.
func (m *member) misdate(by time.Duration) error {
	m.mu.Lock()
	m.wrong = by
	m.mu.Unlock()
	return m.with((*devstack.Child).Kill)
}

func (m *member) current() *devstack.Child {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.child
}

// with does something to the process if it lives right now.
func (m *member) with(do func(*devstack.Child) error) error {
	if child := m.current(); child != nil {
		return do(child)
	}
	return nil
}

// retire ends the process for good.
func (m *member) retire() error {
	m.cancel()
	<-m.done
	return m.with(func(child *devstack.Child) error {
		return errors.Join(child.Resume(), child.Stop())
	})
}

// of lists the members of a role and, unless it is empty, of a build.
func (f *fleet) of(role, build string) []*member {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []*member
	for _, m := range f.members {
		if m.role == role && (build == "" || m.build == build) {
			list = append(list, m)
		}
	}
	return list
}

// all lists every member.
func (f *fleet) all() []*member {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]*member(nil), f.members...)
}

// dismiss ends one member for good.
func (f *fleet) dismiss(m *member) error {
	f.mu.Lock()
	for i, other := range f.members {
		if other == m {
			f.members = append(f.members[:i], f.members[i+1:]...)
			break
		}
	}
	f.mu.Unlock()
	return m.retire()
}

// close ends all of them, beside each other.
func (f *fleet) close() error {
	members := f.all()
	errs := make([]error, len(members))
	var group sync.WaitGroup
	for i, m := range members {
		group.Go(func() { errs[i] = m.retire() })
	}
	group.Wait()
	return errors.Join(errs...)
}

// pause waits; false means that the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
