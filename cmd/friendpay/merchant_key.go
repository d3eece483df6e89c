package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/store"
)

// merchantKeyCommand sees to merchants' keys, for a merchant who has lost his last one.
func merchantKeyCommand() *cobra.Command {
	var mode, label string
	var scopes, apps []string
	add := &cobra.Command{
		Use: "add MERCHANT", Short: "Make a key; it is printed once", Args: cobra.ExactArgs(1),
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
			text, row := api.NewKey(store.APIKey{
				Merchant: args[0], Apps: apps, Scopes: scopes, Mode: mode, Label: label,
			})
			made, err := s.CreateAPIKey(ctx, row)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "id=%s\napi_key=%s\n", made.ID, text)
			return err
		}),
	}
	add.Flags().StringSliceVar(&apps, "app", nil, "what it opens (app_…); several: repeat it")
	add.Flags().StringSliceVar(&scopes, "scope", api.Scopes, "what it may")
	add.Flags().StringVar(&mode, "mode", "test", "test or live, as its apps are")
	add.Flags().StringVar(&label, "label", "", "a word for it")
	list := &cobra.Command{
		Use: "list MERCHANT", Short: "List keys, without the keys themselves", Args: cobra.ExactArgs(1),
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
	return group("key", "See to merchants' API keys", add, list, rotateKeyCommand(), revokeKeyCommand())
}

// ended says when a key's time is over.
func ended(k store.APIKey) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked " + k.RevokedAt.Format(time.RFC3339)
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
		Args: cobra.ExactArgs(1),
		RunE: withStoreArgs(func(ctx context.Context, out io.Writer, s *store.Store, args []string) error {
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
	cmd.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "so long the old one goes on")
	return cmd
}

func revokeKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke KEY", Short: "End a key (key_…) at once", Args: cobra.ExactArgs(1),
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
