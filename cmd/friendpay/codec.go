package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

func codecCommand() *cobra.Command {
	return group("codec", "Show Temporal's sealed histories to colleagues", codecServeCommand(),
		&cobra.Command{
			Use: "token NAME", Short: "Print a colleague's token for the codec server, good for twelve hours",
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				config, err := settings()
				if err != nil {
					return err
				}
				raw, until, err := config.CodecToken(args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
				cmd.PrintErrln("good until", until.Format(time.RFC3339))
				return err
			},
		})
}

func codecServeCommand() *cobra.Command {
	var listen, ui string
	cmd := &cobra.Command{
		Use: "serve", Short: "Open payloads for Temporal's Web UI (its codec endpoint), behind a login",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := url.Parse(ui)
			if err != nil || at.Scheme+"://"+at.Host != ui || at.Host == "" {
				return usageError{errors.New("--ui is the Web UI's scheme and host, like https://temporal.example.com")}
			}
			config, err := settings()
			if err != nil {
				return err
			}
			handler, err := config.CodecServer(ui, logger(config.LogLevel))
			if err != nil {
				return err
			}
			return serve(cmd.Context(), &http.Server{
				Addr: listen, Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second,
				WriteTimeout: 30 * time.Second, MaxHeaderBytes: 32 << 10,
			})
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8234", "where to serve")
	cmd.Flags().StringVar(&ui, "ui", "http://127.0.0.1:8233", "the Web UI's address: only its pages may ask")
	return cmd
}
