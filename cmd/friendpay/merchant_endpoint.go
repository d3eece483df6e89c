package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/store"
)

// fares says in a word how an endpoint is: enabled, disabled and why, or failing and since when.
func fares(e store.Endpoint) string {
	switch {
	case e.State == store.EndpointDisabled:
		return "disabled:" + e.Reason
	case !e.FailingSince.IsZero():
		return "failing:" + e.FailingSince.UTC().Format(time.RFC3339)
	default:
		return string(e.State)
	}
}

func wants(e store.Endpoint) string {
	if len(e.Events) == 0 {
		return "all"
	}
	return strings.Join(e.Events, ",")
}

// merchantEndpointCommand sees to where merchants listen.
func merchantEndpointCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list APP", Short: "List an app's endpoints", Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant endpoint list app_tea",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			endpoints, err := s.Endpoints(ctx, args[0])
			if err != nil {
				return err
			}
			for _, e := range endpoints {
				if _, err := fmt.Fprintln(out, e.ID, fares(e), e.URL, wants(e)); err != nil {
					return err
				}
			}
			return nil
		}),
	}
	return group("endpoint", "See to merchants' webhook endpoints", list, addEndpointCommand(),
		endpointAct("enable", "Tell one things again, beginning with what waits", enableEndpoint),
		endpointAct("disable", "Tell one nothing for now; what comes waits", disableEndpoint),
		endpointAct("test", "Send one something to try it with", testEndpoint),
		endpointAct("delete", "Forget one; what waits for it is given up", deleteEndpoint),
		rotateSecretCommand(), replayCommand())
}

func addEndpointCommand() *cobra.Command {
	var events []string
	cmd := &cobra.Command{
		Use: "add APP URL", Short: "Add an endpoint; its secret is printed once", Args: cobra.ExactArgs(2),
		Example: "  friendpay merchant endpoint add app_tea https://shop.example/hooks --event request.settled",
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, event := range events {
				if !slices.Contains(store.EventTypes, event) {
					return usageError{fmt.Errorf("--event %q is none; there are %s", event,
						strings.Join(store.EventTypes, ", "))}
				}
			}
			config, err := settings()
			if err != nil {
				return err
			}
			if err := config.CheckWebhook(args[1]); err != nil {
				return usageError{fmt.Errorf("url: %w", err)}
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				secret := api.NewWebhookSecret()
				made, err := s.CreateEndpoint(ctx, store.Endpoint{App: args[0], URL: args[1], Events: events}, secret)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "id=%s\nwebhook_secret=%s\n", made.ID, secret)
				return err
			})
		},
	}
	cmd.Flags().StringSliceVar(&events, "event", nil, "what it wants (request.settled); none: all")
	return cmd
}

func endpointAct(
	use, short string, act func(context.Context, *store.Store, string) (string, error),
) *cobra.Command {
	return &cobra.Command{
		Use: use + " ENDPOINT", Short: short, Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant endpoint " + use + " whe_…",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			said, err := act(ctx, s, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(out, said)
			return err
		}),
	}
}

func enableEndpoint(ctx context.Context, s *store.Store, id string) (string, error) {
	e, err := s.EnableEndpoint(ctx, id)
	return string(e.State), err
}

func disableEndpoint(ctx context.Context, s *store.Store, id string) (string, error) {
	e, err := s.DisableEndpoint(ctx, id, store.DisabledByMerchant)
	return string(e.State), err
}

func testEndpoint(ctx context.Context, s *store.Store, id string) (string, error) {
	d, err := s.SendTestEvent(ctx, id)
	return d.ID, err
}

func deleteEndpoint(ctx context.Context, s *store.Store, id string) (string, error) {
	if _, err := s.Endpoint(ctx, id); err != nil {
		return "", err
	}
	return "deleted", s.DeleteEndpoint(ctx, id)
}

func rotateSecretCommand() *cobra.Command {
	var overlap time.Duration
	cmd := &cobra.Command{
		Use: "rotate ENDPOINT", Short: "Sign with a new secret, printed once; both sign for a while",
		Args: cobra.ExactArgs(1), Example: "  friendpay merchant endpoint rotate whe_… --overlap 48h",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			if err := bearable(overlap); err != nil {
				return err
			}
			secret := api.NewWebhookSecret()
			if _, err := s.RotateEndpointSecret(ctx, args[0], secret, time.Now().Add(overlap)); err != nil {
				return err
			}
			_, err := fmt.Fprintf(out, "webhook_secret=%s\n", secret)
			return err
		}),
	}
	cmd.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "so long the old one signs too, 720h at most")
	return cmd
}

// replayable are the states of what can be sent again; what is queued has its turn to come.
var replayable = []string{
	string(store.DeliveryDead), string(store.DeliveryHeld),
	string(store.Delivered), string(store.DeliveryTrying),
}

func replayCommand() *cobra.Command {
	var since time.Duration
	var state string
	var dry bool
	cmd := &cobra.Command{
		Use: "replay ENDPOINT", Short: "Send again what one was sent in a time", Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant endpoint replay whe_… --since 72h --dry-run",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			if !slices.Contains(replayable, state) {
				return usageError{fmt.Errorf("--state is one of %s", strings.Join(replayable, ", "))}
			}
			if _, err := s.Endpoint(ctx, args[0]); err != nil {
				return err
			}
			filter := store.DeliveryFilter{
				Endpoint: args[0], State: store.DeliveryState(state), From: time.Now().Add(-since),
			}
			do := s.ReplayDeliveries
			if dry {
				do = s.CountDeliveries
			}
			count, err := do(ctx, filter)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(out, "deliveries:", count)
			return err
		}),
	}
	cmd.Flags().DurationVar(&since, "since", 24*time.Hour, "how far back")
	cmd.Flags().StringVar(&state, "state", string(store.DeliveryDead), "which: "+strings.Join(replayable, ", "))
	cmd.Flags().BoolVar(&dry, "dry-run", false, "count only")
	return cmd
}
