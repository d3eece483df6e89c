package devstack

import "syscall"

// Child is a program of ours beside the services: it dies with us, and can be killed and frozen as they can.
type Child struct{ process *process }

// StartChild starts a program; its output is added to logFile. It does not wait for the program to be ready.
func StartChild(name, path string, args, env []string, logFile string) (*Child, error) {
	started, err := command{
		name: name, path: path, args: args, env: env, logFile: logFile, deathCause: syscall.SIGKILL,
	}.start()
	if err != nil {
		return nil, err
	}
	return &Child{started}, nil
}

// Ended is closed when the program is gone.
func (c *Child) Ended() <-chan struct{} { return c.process.done }

// Pid is the program's process id.
func (c *Child) Pid() int { return c.process.cmd.Process.Pid }

// Kill ends the program as a crash would, and waits for it to be gone.
func (c *Child) Kill() error { return c.process.kill() }

// Stop asks the program to end and waits; one that does not listen is killed, and that is an error.
func (c *Child) Stop() error { return c.process.stop(syscall.SIGTERM) }

// Pause freezes the program: its connections stay open and nobody answers.
func (c *Child) Pause() error { return c.process.signal(syscall.SIGSTOP) }

// Resume lets it go on, without knowing that it was frozen.
func (c *Child) Resume() error { return c.process.signal(syscall.SIGCONT) }

// Pause freezes the server with all its sessions; nothing happens while it is stopped.
func (p *Postgres) Pause() error { return p.signalAll(syscall.SIGSTOP) }

// Resume lets it go on.
func (p *Postgres) Resume() error { return p.signalAll(syscall.SIGCONT) }

func (p *Postgres) signalAll(signal syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return nil
	}
	err := p.server.signal(signal)
	for _, pid := range childrenOf(p.server.cmd.Process.Pid) {
		_ = syscall.Kill(pid, signal) // it may have ended by itself
	}
	return err
}

// Pause freezes the server; nothing happens while it is stopped.
func (t *Temporal) Pause() error { return t.signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (t *Temporal) Resume() error { return t.signal(syscall.SIGCONT) }

func (t *Temporal) signal(signal syscall.Signal) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server == nil {
		return nil
	}
	return t.server.signal(signal)
}
