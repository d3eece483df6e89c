package devstack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const temporaryPrefix = "friendpay-"

// folder is where a service keeps its files.
type folder struct {
	path      string
	temporary bool
}

// useFolder returns the folder asked for, or a temporary one that vanishes with the service.
func useFolder(path string) (folder, error) {
	if path == "" {
		sweep(os.TempDir())
		made, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", temporaryPrefix, os.Getpid()))
		return folder{path: made, temporary: true}, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return folder{}, fmt.Errorf("find folder: %w", err)
	}
	if err := os.MkdirAll(absolute, 0o700); err != nil {
		return folder{}, fmt.Errorf("create folder: %w", err)
	}
	return folder{path: absolute}, nil
}

func (f folder) file(name string) string { return filepath.Join(f.path, name) }

func (f folder) discard() error {
	if !f.temporary {
		return nil
	}
	return os.RemoveAll(f.path)
}

// sweep removes the temporary folders of processes that are gone. A test binary that is killed or times out
// cannot remove its own, and each holds 40 MB.
func sweep(root string) {
	entries, err := filepath.Glob(filepath.Join(root, temporaryPrefix+"*-*"))
	if err != nil {
		return
	}
	for _, entry := range entries {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(entry), temporaryPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && pid > 1 && !alive(pid) {
			_ = os.RemoveAll(entry) // best effort: it may belong to another user
		}
	}
}

func alive(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
