package devstack

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the unprivileged user that PostgreSQL runs as when we are root, which it refuses to be.
type account struct {
	name     string
	uid, gid uint32
}

// unprivileged returns nil when we are not root. Debian's package creates the user postgres; nobody stands in
// where PostgreSQL was installed by other means.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil is an answer here: stay who we are
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &account{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// makeFolder creates a folder that only the account can read, nil being ourselves.
func (a *account) makeFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("create %s: %w", folder, err)
	}
	if a == nil {
		return nil
	}
	if err := os.Chown(folder, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to %s: %w", folder, a.name, err)
	}
	return a.reach(filepath.Dir(folder))
}

// writeFile writes a file that only the account (and root) can read.
func (a *account) writeFile(file, content string) error {
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if a == nil {
		return nil
	}
	return os.Chown(file, int(a.uid), int(a.gid))
}

// reach makes sure that the account can pass through the folder and everything above it. A closed folder that
// is ours to open (made by MkdirTemp, or under the system's temporary folder) is opened for passage, not for
// reading; anything else, such as root's home, is for the operator to decide.
func (a *account) reach(folder string) error {
	for at := folder; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return fmt.Errorf("look at %s: %w", at, err)
		}
		if !a.passes(info) {
			if at != folder && !isTemporary(at) {
				return fmt.Errorf("the user %s cannot pass through %s: allow it with `chmod o+x %s`,"+
					" or keep the data elsewhere", a.name, at, at)
			}
			if err := os.Chmod(at, info.Mode().Perm()|0o011); err != nil {
				return fmt.Errorf("open %s for passage: %w", at, err)
			}
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

func (a *account) passes(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case stat.Uid == a.uid:
		return info.Mode().Perm()&0o100 != 0
	case stat.Gid == a.gid:
		return info.Mode().Perm()&0o010 != 0
	default:
		return info.Mode().Perm()&0o001 != 0
	}
}

func isTemporary(path string) bool {
	relative, err := filepath.Rel(os.TempDir(), path)
	return err == nil && filepath.IsLocal(relative) && relative != "."
}
