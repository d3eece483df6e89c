package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"syscall"

	"go.temporal.io/sdk/interceptor"

	"github.com/friendpay/friendpay/internal/devstack"
)

// spawn runs a command of friendpay, of this or another release, against this house
// in a process of its own. It ends with ctx, or when it is killed.
func (s *stage) spawn(
	ctx context.Context, binary string, settings map[string]string, arguments ...string,
) (*exec.Cmd, error) {
	cmd := s.command(ctx, binary, settings, arguments...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", arguments[0], err)
	}
	return cmd, nil
}

func (s *stage) command(
	ctx context.Context, binary string, settings map[string]string, arguments ...string,
) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, arguments...) //nolint:gosec // a release of this very program
	for _, env := range []map[string]string{s.house.Env, {"FRIENDPAY_LOG_LEVEL": "error"}, settings} {
		for name, value := range env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

// kill is kill -9, and waits for the process to be gone.
func kill(cmd *exec.Cmd) error {
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill a process: %w", err)
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("await the end of a process: %w", err)
	}
	return nil
}

// startWorker lets somebody work again, this program or the other release, until
// stopWorker: a scenario's end is waited for when its own time is over.
func (s *stage) startWorker(ctx context.Context, watchers ...interceptor.WorkerInterceptor) (err error) {
	ctx = context.WithoutCancel(ctx)
	if s.options.Worker == "" || len(watchers) > 0 {
		return s.house.StartWorker(ctx, watchers...)
	}
	s.crew, err = s.spawn(ctx, s.options.Worker, nil, "worker")
	return err
}

// stopWorker lets nobody work; nothing happens when nobody does.
func (s *stage) stopWorker() error {
	if s.crew == nil {
		return s.house.StopWorker()
	}
	crew := s.crew
	s.crew = nil
	return errors.Join(end(crew), s.house.StopWorker())
}

// end lets a process finish what is under way.
func end(cmd *exec.Cmd) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end a process: %w", err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("await the end of a process: %w", err)
	}
	return nil
}

// spawnAPI runs one more API and returns its address once it is ready.
func (s *stage) spawnAPI(ctx context.Context, binary string) (*exec.Cmd, string, error) {
	port, err := devstack.FreePort()
	if err != nil {
		return nil, "", err
	}
	listen := fmt.Sprintf("127.0.0.1:%d", port)
	node, err := s.spawn(ctx, binary, map[string]string{"FRIENDPAY_LISTEN": listen}, "api")
	if err != nil {
		return nil, "", err
	}
	address := "http://" + listen
	err = until(ctx, "another API to be ready", func() (bool, error) {
		err := call(ctx, http.DefaultClient, http.MethodGet, address+"/readyz", nil, nil, nil)
		return err == nil, nil // it is not there yet, or not ready
	})
	if err != nil {
		err = errors.Join(err, kill(node))
	}
	return node, address, err
}
