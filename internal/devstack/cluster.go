package devstack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// cluster is PostgreSQL's word for a data folder and what is needed to serve it.
type cluster struct {
	folder
	binaries string
	account  *account
}

func openCluster(dir string) (cluster, error) {
	binaries, err := findPostgres()
	if err != nil {
		return cluster{}, err
	}
	account, err := unprivileged()
	if err != nil {
		return cluster{}, err
	}
	folder, err := useFolder(dir)
	return cluster{folder: folder, binaries: binaries, account: account}, err
}

// findPostgres returns the folder of the server's binaries: the one on PATH, else the newest that Debian
// keeps beside it, since its package puts only the client on PATH.
func findPostgres() (string, error) {
	if found, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(found); err == nil {
			return filepath.Dir(real), nil
		}
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(installed) == 0 {
		return "", errors.New("PostgreSQL is missing: run `make setup`, or `apt-get install postgresql`")
	}
	newest := slices.MaxFunc(installed, func(a, b string) int { return major(a) - major(b) })
	return filepath.Dir(newest), nil
}

func major(binary string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(binary))))
	return version
}

func (c cluster) data() string { return c.file("data") }

// initialise creates the cluster once and returns the password of its only user. A password, not trust: every
// user of the machine can reach the loopback address, and a superuser of PostgreSQL can run programs.
func (c cluster) initialise(ctx context.Context) (string, error) {
	if password, err := os.ReadFile(c.file("password")); err == nil {
		return string(password), nil
	}
	// Without a password no initdb has finished here, so what lies there is the rest of one that was cut off.
	if err := os.RemoveAll(c.data()); err != nil {
		return "", fmt.Errorf("clear %s: %w", c.data(), err)
	}
	if err := c.account.makeFolder(c.data()); err != nil {
		return "", err
	}
	password, draft := rand.Text(), c.file("password.new")
	if err := c.account.writeFile(draft, password); err != nil {
		return "", err
	}
	if err := c.initdb(ctx, draft); err != nil {
		return "", err
	}
	return password, os.Rename(draft, c.file("password"))
}

func (c cluster) initdb(ctx context.Context, passwordFile string) error {
	arguments := []string{
		"--pgdata", c.data(), "--username", postgresUser, "--encoding", "UTF8", "--locale", "C",
		"--auth", "scram-sha-256", "--pwfile", passwordFile,
	}
	if c.temporary {
		arguments = append(arguments, "--no-sync")
	}
	initdb := exec.CommandContext(ctx, c.binary("initdb"), arguments...) //nolint:gosec // a path we found
	initdb.SysProcAttr = attributes(c.account, 0)
	initdb.Env = c.environment()
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// serve starts the server. When we die it shuts down as on SIGINT, so that the next start needs no recovery.
func (c cluster) serve(settings map[string]string) (*process, error) {
	arguments := []string{"-D", c.data()}
	for name, value := range settings {
		arguments = append(arguments, "-c", name+"="+value)
	}
	return command{
		name: "PostgreSQL", path: c.binary("postgres"), args: arguments, env: c.environment(), dir: c.data(),
		logFile: c.file("postgres.log"), account: c.account, deathCause: syscall.SIGINT,
	}.start()
}

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

func (c cluster) binary(name string) string { return filepath.Join(c.binaries, name) }

// environment is made from nothing: PGPORT, PGDATA and their kin would redirect the server.
func (c cluster) environment() []string {
	return []string{"PATH=" + c.binaries + ":/usr/bin:/bin", "LC_ALL=C"}
}
