package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"

	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// drain is how long a stopping API lets open calls finish.
const drain = 10 * time.Second

// open puts the house together for a tool, which leaves no traces.
func open(ctx context.Context) (*house.House, error) { return openAs(ctx, "") }

// openAs puts the house together for one production process of that role.
func openAs(ctx context.Context, role string) (*house.House, error) {
	config, err := settings()
	if err != nil {
		return nil, err
	}
	if err := failpoint.Arm(environment()["FRIENDPAY_FAILPOINTS"]); err != nil {
		return nil, usageError{err}
	}
	temporal, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, usageError{fmt.Errorf("the settings of Temporal are wrong: %w", err)}
	}
	log := logger(config.LogLevel)
	spans, err := traces(ctx, role, log)
	if err != nil {
		return nil, err
	}
	h, err := house.Open(ctx, config, temporal, log, spans)
	if err != nil {
		return nil, errors.Join(err, spans.Close()) //nolint:contextcheck // also when the caller gave up
	}
	return h, nil
}

func apiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "api", Short: "Serve the API and the pages", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			h, err := openAs(cmd.Context(), "api")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, h.Close()) }()
			server, err := h.Server()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), server.HTTPServer(h.Config.Listen))
		},
	}
}

// serve answers until the context ends, and then lets open calls finish.
func serve(ctx context.Context, server *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(server.Close(), <-failed)
	}
	return nil
}

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "Run the engine: workflows, activities, relay and outbox", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			h, err := openAs(cmd.Context(), "worker")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, h.Close()) }()
			w, err := h.Worker()
			if err != nil {
				return err
			}
			if err := w.Start(cmd.Context()); err != nil {
				return err
			}
			return errors.Join(tellHealth(cmd.Context(), h, w), w.Stop())
		},
	}
}

// tellHealth says how a worker fares until the context ends; without an address it only waits.
func tellHealth(ctx context.Context, h *house.House, w *worker.Worker) error {
	if h.Config.WorkerListen == "" {
		<-ctx.Done()
		return nil
	}
	return serve(ctx, h.WorkerServer(h.Config.WorkerListen, func() *worker.Worker { return w }))
}

func migrateCommand() *cobra.Command {
	var attributes bool
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the database to this version's schema", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			database := environment()["DATABASE_URL"]
			if database == "" {
				return usageError{errors.New("DATABASE_URL is missing")}
			}
			if err := store.Migrate(cmd.Context(), database); err != nil || !attributes {
				return err
			}
			return registerAttributes(cmd)
		},
	}
	cmd.Flags().BoolVar(&attributes, "search-attributes", false,
		"also make the Temporal namespace know the search attributes; wants the right to change it")
	return cmd
}

// registerAttributes needs no setting but Temporal's own.
func registerAttributes(cmd *cobra.Command) error {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return usageError{fmt.Errorf("the settings of Temporal are wrong: %w", err)}
	}
	options.Logger = sdklog.NewStructuredLogger(logger("error"))
	temporal, err := client.DialContext(cmd.Context(), options)
	if err != nil {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	defer temporal.Close()
	added, err := door.Register(cmd.Context(), temporal, cmp.Or(options.Namespace, client.DefaultNamespace))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d search attributes registered\n", len(added))
	return err
}

func configCommand() *cobra.Command {
	var generate bool
	cmd := &cobra.Command{
		Use: "config", Short: "Show every setting, what it is for and whether it is right", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if generate {
				return printKeys(cmd.OutOrStdout())
			}
			config, err := house.Read(environment())
			config.Print(cmd.OutOrStdout())
			if err != nil {
				return usageError{fmt.Errorf("the settings are wrong:\n%w", err)}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&generate, "generate", false, "print fresh keys, as lines for an env file")
	return cmd
}

// printKeys writes keys for a house that has none yet.
func printKeys(out io.Writer) error {
	keys := house.FreshKeys()
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if _, err := fmt.Fprintf(out, "%s=%s\n", name, keys[name]); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
