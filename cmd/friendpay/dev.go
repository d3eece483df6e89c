package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/local"
)

func devCommand() *cobra.Command {
	var fresh bool
	options := local.Options{Shop: true, UI: true}
	cmd := &cobra.Command{
		Use: "dev", Short: "Run everything on this machine, with a demo shop to try it in", Args: cobra.NoArgs,
		Long: "Runs a private PostgreSQL and Temporal, the provider simulator, API and worker, and a demo shop.\n" +
			"State is kept between starts. DATABASE_URL or TEMPORAL_ADDRESS replace that part by a real service.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if options.Speed < 1 {
				return usageError{errors.New("--speed is at least 1")}
			}
			if err := folder(&options, fresh); err != nil {
				return err
			}
			env := environment()
			options.DatabaseURL, options.TemporalAddr = env["DATABASE_URL"], env["TEMPORAL_ADDRESS"]
			options.Log = logger("warn")
			if options.Traces, err = traces(cmd.Context(), "dev", options.Log); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "starting PostgreSQL, Temporal, simulator, API and worker …")
			h, err := local.Start(cmd.Context(), options)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, h.Close()) }()
			if err := h.StartWorker(cmd.Context()); err != nil {
				return err
			}
			file, err := writeEnv(options.Dir, h.Env)
			if err != nil {
				return err
			}
			tell(cmd.OutOrStdout(), h, file)
			<-cmd.Context().Done()
			fmt.Fprintln(cmd.ErrOrStderr(), "stopping …")
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.Dir, "dir", ".friendpay", "where the state is kept")
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:8080", "address of the API")
	flags.StringVar(&options.SimListen, "sim-listen", "127.0.0.1:8090", "address of the provider simulator")
	flags.StringVar(&options.WorkerListen, "worker-listen", "127.0.0.1:8081", "address of the worker's health")
	flags.Int64Var(&options.Speed, "speed", 1, "divides every window: 60 makes a minute a second")
	flags.StringVar((*string)(&options.NameCheck), "name-check", "never",
		"always: friends say first who asks them (the demo's buyer is 王)")
	flags.BoolVar(&fresh, "fresh", false, "forget the state and start over")
	return cmd
}

// folder makes the state folder, emptied first when fresh is asked for.
func folder(options *local.Options, fresh bool) error {
	path, err := filepath.Abs(options.Dir)
	if err != nil {
		return usageError{err}
	}
	options.Dir = path
	if fresh {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("forget the state: %w", err)
		}
	}
	return os.MkdirAll(path, 0o755) //nolint:gosec // PostgreSQL runs as another user below it
}

// writeEnv keeps the settings of the running house, for the tools of support.
func writeEnv(dir string, env map[string]string) (string, error) {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&text, "%s='%s'\n", name, env[name])
	}
	file := filepath.Join(dir, "env")
	return file, os.WriteFile(file, []byte(text.String()), 0o600)
}

func tell(out io.Writer, h *local.House, env string) {
	rows := [][2]string{
		{"Shop (start here)", h.APIURL + "/shop"},
		{"API", h.APIURL + "/docs"},
		{"Simulator and its journal", h.SimURL},
		{"Scan WeChat codes", h.SimURL + "/sim/wechatpay/codes"},
		{"Text messages", h.SimURL + "/sim/sms/inbox"},
		{"Worker's health and metrics", h.WorkerURL + "/readyz, /metrics"},
		{"App of the demo merchant", local.DemoApp},
		{"His API key", h.Demo.APIKey},
	}
	if h.Temporal != nil {
		rows = append(rows, [2]string{"Temporal", h.Temporal.UIURL()})
	}
	rows = append(rows, [2]string{"Support", "(set -a; . " + env + "; bin/friendpay staff stuck)"})
	for _, row := range rows {
		_, _ = fmt.Fprintf(out, "  %-30s %s\n", row[0], row[1])
	}
	_, _ = fmt.Fprintln(out, "\nOpen the shop, ask a friend, open the link, pay. Ctrl-C stops everything.")
}
