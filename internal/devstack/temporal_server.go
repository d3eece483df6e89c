package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// FindTemporal returns the Temporal CLI: the one on PATH, else bin/temporal beside the running executable or
// in the root or one of its parents, so that a test finds it from its package's folder.
func FindTemporal(root string) (string, error) {
	if found, err := exec.LookPath("temporal"); err == nil {
		return filepath.Abs(found)
	}
	var places []string
	if self, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(self), "temporal"))
	}
	at, err := filepath.Abs(root)
	if err != nil {
		return "", fmt.Errorf("find the Temporal CLI: %w", err)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		places = append(places, filepath.Join(at, "bin", "temporal"))
	}
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return place, nil
		}
	}
	return "", errors.New("the Temporal CLI is neither on PATH nor in bin/: run `make build`")
}

// arguments are those of a dev server that a payment can be trusted to: what it acknowledged survives the
// loss of power (synchronous=FULL), and it does not wait 50 ms between two looks at its shard's queues.
func (t *Temporal) arguments() []string {
	arguments := []string{
		"server", "start-dev", "--ip", loopback, "--port", strconv.Itoa(t.port), "--log-level", "error",
		"--disable-config-file", "--disable-config-env",
	}
	if t.options.UI {
		arguments = append(arguments, "--ui-ip", loopback, "--ui-port", strconv.Itoa(t.uiPort))
	} else {
		arguments = append(arguments, "--headless")
	}
	if t.options.Dir != "" {
		arguments = append(arguments, "--db-filename", t.folder.file("temporal.db"),
			"--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL")
	}
	for _, queue := range []string{"transfer", "timer", "visibility"} {
		arguments = append(arguments, "--dynamic-config-value", "history."+queue+"ProcessorMaxPollRPS=500")
	}
	for key, value := range t.options.DynamicConfig {
		arguments = append(arguments, "--dynamic-config-value", key+"="+value)
	}
	for name, kind := range t.options.SearchAttributes {
		arguments = append(arguments, "--search-attribute", name+"="+kind)
	}
	for _, name := range t.options.Namespaces {
		arguments = append(arguments, "--namespace", name)
	}
	return arguments
}

// environment is made from nothing: TEMPORAL_ADDRESS and its kin are meant for clients. GOGC trades memory
// for a tenth of the server's CPU.
func (t *Temporal) environment() []string { return []string{"HOME=" + t.folder.path, "GOGC=200"} }
