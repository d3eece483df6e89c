// Command friendpay is the whole product in one binary: the API, the worker, the
// migrations, a house on one machine for development, a demo that proves itself,
// and the tools of support. `friendpay help` lists the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
)

// The exit codes, as README lists them.
const (
	exitFailed = 1 // it was tried and did not work, or an assertion did not hold
	exitUsage  = 2 // the command or its settings are wrong
	exitFound  = 3 // reconcile: it worked, and something is open
	exitNoFile = 4 // reconcile: the provider's statement is not there yet
)

// version is set when a release is built.
var version = "unknown"

// usageError is a mistake of whoever called.
type usageError struct{ error }

// codedError ends a command with an exit code of its own.
type codedError struct {
	error
	code int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	began := false
	err := root(&began).ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "friendpay:", told(err))
	var usage usageError
	if errors.As(err, &usage) || !began {
		os.Exit(exitUsage)
	}
	var coded codedError
	if errors.As(err, &coded) {
		os.Exit(coded.code)
	}
	os.Exit(exitFailed)
}

// told is an error in words, with the input that is wrong and the way out where they are known.
func told(err error) string {
	said := err.Error()
	var refused *models.Error
	if !errors.As(err, &refused) {
		return said
	}
	var more []string
	if refused.Field != "" {
		more = append(more, "field "+refused.Field)
	}
	if refused.Fix != "" {
		more = append(more, "fix: "+refused.Fix)
	}
	if len(more) == 0 {
		return said
	}
	return said + " (" + strings.Join(more, "; ") + ")"
}

// root is the command line. began tells whether a command was understood and run:
// whatever goes wrong before is a mistake of the call.
func root(began *bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "friendpay", Short: "A friend pays your order: the engine behind it",
		Version: version, SilenceUsage: true, SilenceErrors: true,
		PersistentPreRun: func(*cobra.Command, []string) { *began = true },
	}
	cmd.AddCommand(devCommand(), apiCommand(), workerCommand(), migrateCommand(), demoCommand(), chaosCommand(),
		staffCommand(), reconcileCommand(), merchantCommand(), doctorCommand(), configCommand(), codecCommand(),
		requestCommand(), listenCommand(), triggerCommand())
	return cmd
}

// group is a command that only holds others: naming none of them is a mistake.
func group(use, short string, of ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{fmt.Errorf("%s needs one of its commands; see --help", cmd.CommandPath())}
		},
	}
	cmd.AddCommand(of...)
	return cmd
}

// environment is the process's, as a map; nothing below cmd reads it by itself.
func environment() map[string]string {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

// settings reads the configuration and says all that is wrong with it.
func settings() (house.Config, error) {
	config, err := house.Read(environment())
	if err != nil {
		return config, usageError{fmt.Errorf("the settings are wrong:\n%w", err)}
	}
	return config, nil
}

// logger writes JSON lines to stderr, so that stdout stays for answers.
func logger(level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: least}))
}
