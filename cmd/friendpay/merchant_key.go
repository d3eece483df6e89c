package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/store"
)

// merchantKeyCommand sees to merchants' keys, for a merchant who has lost his last one.
func merchantKeyCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list MERCHANT", Short: "List keys, without the keys themselves", Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant key list mer_tea",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			for _, mode := range []string{"test", "live"} {
				keys, err := s.APIKeys(ctx, args[0], mode)
				if err != nil {
					return err
				}
				for _, k := range keys {
					_, err := fmt.Fprintf(out, "%s %s %s…%s %s %s %s\n", k.ID, k.Mode, k.Prefix, k.LastFour,
						strings.Join(k.Apps, ","), strings.Join(k.Scopes, ","), ended(k))
					if err != nil {
						return err
					}
				}
			}
			return nil
		}),
	}
	return group("key", "See to merchants' API keys",
		addKeyCommand(), list, rotateKeyCommand(), revokeKeyCommand())
}

func addKeyCommand() *cobra.Command {
	var key store.APIKey
	cmd := &cobra.Command{
		Use: "add MERCHANT", Short: "Make a key; it is printed once", Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant key add mer_tea --label server\n" +
			"  friendpay merchant key add mer_tea --app app_tea --scope requests:read --mode live",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			key.Merchant = args[0]
			if err := fitting(ctx, s, &key); err != nil {
				return err
			}
			text, row := api.NewKey(key)
			made, err := s.CreateAPIKey(ctx, row)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "id=%s\napi_key=%s\n", made.ID, text)
			return err
		}),
	}
	cmd.Flags().StringSliceVar(&key.Apps, "app", nil, "what it opens (app_…), repeated; none: all of that mode")
	cmd.Flags().StringSliceVar(&key.Scopes, "scope", api.Scopes, "what it may")
	cmd.Flags().StringVar(&key.Mode, "mode", "test", "test or live, as its apps are")
	cmd.Flags().StringVar(&key.Label, "label", "", "a word for it")
	return cmd
}

// fitting refuses a key that would open nothing, or not what it names: who gets it finds out late.
func fitting(ctx context.Context, s *store.Store, key *store.APIKey) error {
	if key.Mode != string(store.TestMode) && key.Mode != string(store.LiveMode) {
		return usageError{errors.New("--mode is test or live")}
	}
	for _, scope := range key.Scopes {
		if !slices.Contains(api.Scopes, scope) {
			return usageError{fmt.Errorf("--scope %q is none; there are %s", scope, strings.Join(api.Scopes, ", "))}
		}
	}
	apps, err := s.AppsOf(ctx, key.Merchant, store.Mode(key.Mode))
	if err != nil {
		return err
	}
	known := []string{}
	for _, app := range apps {
		known = append(known, app.ID)
	}
	if len(known) == 0 {
		return usageError{fmt.Errorf("%s has no %s app", key.Merchant, key.Mode)}
	}
	for _, app := range key.Apps {
		if !slices.Contains(known, app) {
			return usageError{fmt.Errorf("--app %s is no %s app of %s", app, key.Mode, key.Merchant)}
		}
	}
	if len(key.Apps) == 0 {
		key.Apps = known
	}
	return nil
}

// ended says when a key's time is over.
func ended(k store.APIKey) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked " + k.RevokedAt.Format(time.RFC3339)
	case !k.ExpiresAt.IsZero() && k.ExpiresAt.Before(time.Now()):
		return "expired " + k.ExpiresAt.Format(time.RFC3339)
	case !k.ExpiresAt.IsZero():
		return "expires " + k.ExpiresAt.Format(time.RFC3339)
	default:
		return "works"
	}
}

func rotateKeyCommand() *cobra.Command {
	var overlap time.Duration
	cmd := &cobra.Command{
		Use: "rotate KEY", Short: "Make a key in the place of another (key_…); it is printed once",
		Args: cobra.ExactArgs(1), Example: "  friendpay merchant key rotate key_… --overlap 48h",
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			if err := bearable(overlap); err != nil {
				return err
			}
			old, err := s.APIKey(ctx, args[0])
			if err != nil {
				return err
			}
			text, row := api.NewKey(store.APIKey{
				Merchant: old.Merchant, Apps: old.Apps, Scopes: old.Scopes, Mode: old.Mode, Label: old.Label,
			})
			made, err := s.RotateAPIKey(ctx, old.ID, row, time.Now().Add(overlap))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "id=%s\napi_key=%s\n", made.ID, text)
			return err
		}),
	}
	cmd.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "so long the old one goes on, 720h at most")
	return cmd
}

// maxOverlap is how long two keys, or two secrets, may work at a time.
const maxOverlap = 30 * 24 * time.Hour

func bearable(overlap time.Duration) error {
	if overlap < 0 || overlap > maxOverlap {
		return usageError{errors.New("--overlap is 0 to 720h")}
	}
	return nil
}

func revokeKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke KEY", Short: "End a key (key_…) at once", Args: cobra.ExactArgs(1),
		Example: "  friendpay merchant key revoke key_…",
		RunE: withStoreArgs(func(ctx context.Context, _ io.Writer, s *store.Store, args []string) error {
			key, err := s.APIKey(ctx, args[0])
			if err != nil {
				return err
			}
			return s.RevokeAPIKey(ctx, key.ID)
		}),
	}
}

// withStoreArgs is a command that needs the database and its arguments.
func withStoreArgs(
	do func(ctx context.Context, out io.Writer, s *store.Store, args []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return withStore(cmd, func(ctx context.Context, s *store.Store) error {
			return do(ctx, cmd.OutOrStdout(), s, args)
		})
	}
}
