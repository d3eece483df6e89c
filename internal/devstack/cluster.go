package devstack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
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
	paths, files, err := c.hand(c.data(), passwordFile)
	if err != nil {
		return err
	}
	defer closeAll(files)
	arguments := []string{
		"--pgdata", paths[0], "--username", postgresUser, "--encoding", "UTF8", "--locale", "C",
		"--auth", "scram-sha-256", "--pwfile", paths[1],
	}
	if c.temporary {
		arguments = append(arguments, "--no-sync")
	}
	initdb := exec.CommandContext(ctx, c.binary("initdb"), arguments...) //nolint:gosec // a path we found
	initdb.SysProcAttr = attributes(c.account, 0)
	initdb.Env, initdb.Dir, initdb.ExtraFiles = c.environment(), "/", files
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// serve starts the server. When we die it shuts down as on SIGINT, so that the next start needs no recovery.
func (c cluster) serve(settings map[string]string) (*process, error) {
	paths, files, err := c.hand(c.data())
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	arguments := []string{"-D", paths[0]}
	for name, value := range settings {
		arguments = append(arguments, "-c", name+"="+value)
	}
	return command{
		name: "PostgreSQL", path: c.binary("postgres"), args: arguments, env: c.environment(), dir: "/",
		logFile: c.file("postgres.log"), account: c.account, files: files, deathCause: syscall.SIGINT,
	}.start()
}

// hand returns paths by which a child reaches our files. When it runs as another user, folders above may be
// closed to it, root's home above all; it then gets them as open files, whose names in /proc need no passage.
func (c cluster) hand(paths ...string) ([]string, []*os.File, error) {
	if c.account == nil || runtime.GOOS != "linux" {
		return paths, nil, nil
	}
	var (
		files []*os.File
		names []string
	)
	for index, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			closeAll(files)
			return nil, nil, fmt.Errorf("hand over: %w", err)
		}
		files = append(files, file)
		names = append(names, fmt.Sprintf("/proc/self/fd/%d", firstInherited+index))
	}
	return names, files, nil
}

// firstInherited is the number of a child's first inherited file, after input, output and errors.
const firstInherited = 3

func closeAll(files []*os.File) {
	for _, file := range files {
		file.Close()
	}
}

func (c cluster) binary(name string) string { return filepath.Join(c.binaries, name) }

// environment is made from nothing: PGPORT, PGDATA and their kin would redirect the server.
func (c cluster) environment() []string {
	return []string{"PATH=" + c.binaries + ":/usr/bin:/bin", "LC_ALL=C"}
}
