package devstack

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
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

// makeFolder creates a folder that only the account (and root) can read, nil being ourselves.
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
	return nil
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
