package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func setRowCommand() *cobra.Command {
	var how changing
	var seen int64
	cmd := &cobra.Command{
		Use: "set FAMILY {JSON | FIELD=VALUE …}", Short: "Make or change a row", Args: cobra.MinimumNArgs(2),
		Long: "The fields that make the row's key say which it is; fields that are not named stay.\n" +
			"A value is JSON, or else a text: enabled=false, position=3, name_zh=支付宝.",
		RunE: func(cmd *cobra.Command, args []string) error {
			table, err := tableOf(args[0])
			if err != nil {
				return err
			}
			row, err := rowOf(args[1:])
			if err != nil {
				return err
			}
			change := store.Change{Family: table, Row: row}
			if cmd.Flags().Changed("seen") {
				change.Expected = &seen
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				return how.make(ctx, cmd.OutOrStdout(), h, []store.Change{change})
			})
		},
	}
	cmd.Flags().Int64Var(&seen, "seen", 0, "the row's version as you saw it; refused if it is another by now")
	return how.flags(cmd)
}

// rowOf reads a row from one JSON object or from pairs.
func rowOf(args []string) (map[string]json.RawMessage, error) {
	row := map[string]json.RawMessage{}
	if len(args) == 1 && strings.HasPrefix(strings.TrimSpace(args[0]), "{") {
		if err := json.Unmarshal([]byte(args[0]), &row); err != nil {
			return nil, usageError{fmt.Errorf("the row is no JSON object: %w", err)}
		}
		return row, nil
	}
	for _, pair := range args {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" {
			return nil, usageError{errors.New("a field and its value are written FIELD=VALUE")}
		}
		row[name] = json.RawMessage(value)
		if !json.Valid([]byte(value)) {
			text, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			row[name] = text
		}
	}
	return row, nil
}

func takeRowCommand() *cobra.Command {
	var how changing
	cmd := &cobra.Command{
		Use: "take FAMILY KEY", Short: "Take a row away", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			table, err := tableOf(args[0])
			if err != nil {
				return err
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				rows, err := h.Store.CatalogueRows(ctx, store.CatalogueFilter{Family: table, Key: args[1]})
				if err != nil {
					return err
				}
				if len(rows) == 0 {
					return errors.New("there is no such row; list shows their keys")
				}
				change := store.Change{Family: table, Away: true, Expected: &rows[0].Version}
				if err := json.Unmarshal(rows[0].Body, &change.Row); err != nil {
					return fmt.Errorf("read the row: %w", err)
				}
				return how.make(ctx, cmd.OutOrStdout(), h, []store.Change{change})
			})
		},
	}
	return how.flags(cmd)
}

func rolloutCommands() *cobra.Command {
	return group("rollout", "Release a feature to more or fewer buyers", rampCommand(), killCommand())
}

// release names what is released.
type release struct {
	feature, channel, app, owner string
	percent                      float64
	revive                       bool
	seen                         int64
	how                          changing
}

func (r *release) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&r.feature, "feature", "channel", "friend_pay, or channel with --channel")
	cmd.Flags().StringVar(&r.channel, "channel", "", "the channel")
	cmd.Flags().StringVar(&r.app, "app", "", "in one app; empty: in all")
	cmd.Flags().Int64Var(&r.seen, "seen", 0, "the row's version as you saw it; refused if it is another by now")
	cmd.Flags().StringVar(&r.owner, "owner", "", "who answers for the release; --by when it is new")
	return r.how.flags(cmd)
}

func (r *release) set(cmd *cobra.Command, fields map[string]any) error {
	if (r.feature == "channel") == (r.channel == "") {
		return usageError{errors.New("--feature channel goes with --channel, every other without")}
	}
	fields["feature"], fields["channel"], fields["app_id"] = r.feature, r.channel, r.app
	return withHouse(cmd, func(ctx context.Context, h *house.House) error {
		key := strings.Join([]string{r.feature, r.channel, r.app}, "/")
		known, err := h.Store.CatalogueRows(ctx, store.CatalogueFilter{Family: policy.Rollouts, Key: key})
		if err != nil {
			return err
		}
		if r.owner != "" {
			fields["owner"] = r.owner
		} else if len(known) == 0 {
			fields["owner"] = r.how.by.Actor
		}
		if _, told := fields["state"]; !told && len(known) == 0 {
			fields["state"] = "off"
		}
		change := store.Change{Family: policy.Rollouts, Row: map[string]json.RawMessage{}}
		if change.Expected, err = r.expected(cmd, fields, known); err != nil {
			return err
		}
		for name, value := range fields {
			if change.Row[name], err = json.Marshal(value); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		return r.how.make(ctx, cmd.OutOrStdout(), h, []store.Change{change})
	})
}

// expected is the version that the row must have: the one that whoever calls has seen or, of
// a ramp, the one by which it is judged here whether the release is killed; nil: any.
func (r *release) expected(
	cmd *cobra.Command, fields map[string]any, known []store.CatalogueEntry,
) (*int64, error) {
	_, ramps := fields["basis_points"]
	if ramps && len(known) > 0 {
		var was policy.Rollout
		if err := json.Unmarshal(known[0].Body, &was); err != nil {
			return nil, fmt.Errorf("read the row: %w", err)
		}
		if was.Killed && !r.revive {
			return nil, usageError{errors.New("it is killed: say --revive if it is to go on")}
		}
	}
	switch {
	case cmd.Flags().Changed("seen"):
		return &r.seen, nil
	case !ramps:
		return nil, nil // a kill waits for nobody
	}
	var version int64
	if len(known) > 0 {
		version = known[0].Version
	}
	return &version, nil
}

func rampCommand() *cobra.Command {
	var r release
	cmd := &cobra.Command{
		Use: "ramp", Short: "Release to that part of the buyers; 100 is full, 0 is off", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("percent") {
				return usageError{errors.New("--percent is missing: of the buyers, from 0 to 100")}
			}
			points := math.Round(r.percent * 100)
			if math.IsNaN(points) || math.Abs(points-r.percent*100) > 1e-6 || points < 0 || points > 10000 {
				return usageError{errors.New("--percent is from 0 to 100, with two decimals at most, and not " +
					strconv.FormatFloat(r.percent, 'f', -1, 64))}
			}
			state := "grey"
			switch points {
			case 0:
				state = "off"
			case 10000:
				state = "full"
			}
			return r.set(cmd, map[string]any{"state": state, "basis_points": int(points), "killed": false})
		},
	}
	cmd.Flags().Float64Var(&r.percent, "percent", 0, "of the buyers")
	cmd.Flags().BoolVar(&r.revive, "revive", false, "even though it is killed")
	return r.flags(cmd)
}

func killCommand() *cobra.Command {
	var r release
	cmd := &cobra.Command{
		Use: "kill", Short: "Stop it at once, also for requests made before", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.set(cmd, map[string]any{"killed": true}) },
	}
	return r.flags(cmd)
}
