package devstack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a child that dies with us. Its output goes to a file, so that no goroutine has to copy it and it
// can be read after a crash.
type process struct {
	name    string
	cmd     *exec.Cmd
	logFile string
	done    chan struct{} // closed when the child has been reaped
	err     error         // how it ended; read after done is closed
}

// command describes a child to start.
type command struct {
	name       string // for messages
	path       string
	args       []string
	env        []string
	dir        string
	logFile    string
	account    *account       // nil: our own
	files      []*os.File     // open files it inherits, from number 3 on
	deathCause syscall.Signal // sent by the kernel when we die
}

// start runs the child on a goroutine that owns its thread until the child is gone. The kernel ties the
// parent death signal to the thread that forked, not to the process: on a thread that the Go runtime may
// retire, the child would be killed at random.
func (c command) start() (*process, error) {
	logFile, err := os.OpenFile(c.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of %s: %w", c.name, err)
	}
	defer logFile.Close()
	cmd := exec.Command(c.path, c.args...) //nolint:gosec,noctx // our path; outlives the context
	cmd.Env, cmd.Dir = c.env, c.dir
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.ExtraFiles = c.files
	cmd.SysProcAttr = attributes(c.account, c.deathCause)
	child := &process{name: c.name, cmd: cmd, logFile: c.logFile, done: make(chan struct{})}
	started := make(chan error)
	go child.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name, err)
	}
	return child, nil
}

func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.done)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		p.err = p.cmd.Wait()
	}
}

// stop asks the child to end and waits; one that does not listen is killed, and that is an error.
func (p *process) stop(signal syscall.Signal) error {
	if err := p.signal(signal); err != nil {
		return err
	}
	timer := time.NewTimer(stopPatience)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
		return errors.Join(fmt.Errorf("%s did not stop within %s", p.name, stopPatience), p.kill())
	}
}

// kill ends the child and its own children without a chance to tidy up, as a crash would. PostgreSQL's would
// otherwise commit for some more moments. It is stopped first, so that none is born meanwhile.
func (p *process) kill() error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for _, pid := range childrenOf(p.cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	}
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

// childrenOf returns the children of a process where the kernel tells, else none.
func childrenOf(pid int) []int {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var children []int
	for _, field := range strings.Fields(string(content)) {
		if child, err := strconv.Atoi(field); err == nil {
			children = append(children, child)
		}
	}
	return children
}

func (p *process) signal(signal syscall.Signal) error {
	err := p.cmd.Process.Signal(signal)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	return nil
}

// failure says how the child ended, with the last lines it wrote.
func (p *process) failure() error {
	return fmt.Errorf("%s ended: %w\n%s", p.name, p.ending(), tail(p.logFile, 12))
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) ending() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// tail returns the last lines of a log, indented to stand below a message.
func tail(file string, lines int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return "\t(no log: " + err.Error() + ")"
	}
	all := strings.Split(string(bytes.TrimSpace(content)), "\n")
	return "\t" + strings.Join(all[max(0, len(all)-lines):], "\n\t")
}
