package devstack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// claim waits until a former server of this folder is gone, and removes a lock file that names a process
// which is by now somebody else: after a crash of the machine or of a container, numbers are used again, and
// PostgreSQL would not start. A lock file whose process is dead is left to the server: it looks for children.
func (c cluster) claim(ctx context.Context) error {
	ctx, cancel := patience(ctx, claimPatience)
	defer cancel()
	return poll(ctx, func(context.Context) error {
		pid := c.lockedBy()
		switch {
		case pid == 0 || !alive(pid):
			return nil
		case isPostgres(pid):
			return fmt.Errorf("process %d still serves %s: stop it first", pid, c.data())
		default:
			return os.Remove(c.lockFile())
		}
	})
}

func (c cluster) lockFile() string { return filepath.Join(c.data(), "postmaster.pid") }

// lockedBy returns the process that the lock file names, 0 when there is none or it cannot be read: then the
// server itself says what is wrong.
func (c cluster) lockedBy() int {
	content, err := os.ReadFile(c.lockFile())
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

// isPostgres says whether the process is a PostgreSQL server; where that cannot be told, it is taken for one.
func isPostgres(pid int) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err != nil || strings.TrimSpace(string(name)) == "postgres"
}
