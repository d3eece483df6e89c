package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

type reconciliation struct {
	provider, account, date string
	final, flows, asJSON    bool
}

func reconcileCommand() *cobra.Command {
	var r reconciliation
	cmd := &cobra.Command{
		Use: "reconcile", Short: "Compare one day with a provider's own statement", Args: cobra.NoArgs,
		Long: "Reads the provider's statement of one day, compares it line by line with attempts, refunds and\n" +
			"ledger, books the fees, and lets each finding go where it belongs: money that we have not seen is\n" +
			"a hint for its request, all else is a case. It needs the database and the provider, no worker;\n" +
			"hints wait in the inbox for one. Again it changes nothing that is already known.\n\n" +
			"Exit codes: 0 all fits, 3 something is open, 4 the statement is not there yet,\n" +
			"1 it was tried and did not work, 2 the call is wrong.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := time.Parse(time.DateOnly, r.date); err != nil {
				return usageError{errors.New("--date is a day like 2026-11-21, in Shanghai")}
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				return r.run(ctx, cmd.OutOrStdout(), h)
			})
		},
	}
	cmd.Flags().StringVar(&r.provider, "provider", "", "whose statement: wechatpay, alipay …")
	cmd.Flags().StringVar(&r.account, "account", "", "of one account; all of the provider's without it")
	cmd.Flags().StringVar(&r.date, "date", "", "the day in Shanghai, like 2026-11-21")
	cmd.Flags().BoolVar(&r.final, "final", false, "take what is missing for missing, near midnight too")
	cmd.Flags().BoolVar(&r.flows, "flow", false, "also sum how the account's balance moved (wechatpay)")
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "one JSON object a finding, and one an account")
	for _, name := range []string{"provider", "date"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // the flags are the ones above
		}
	}
	return cmd
}

func (r reconciliation) run(ctx context.Context, out io.Writer, h *house.House) error {
	if !slices.Contains(h.Registry.Names(), r.provider) {
		return usageError{fmt.Errorf("no provider is called %q", r.provider)}
	}
	accounts := []string{r.account}
	if r.account == "" {
		var err error
		if accounts, err = h.Store.ProviderAccounts(ctx, r.provider); err != nil {
			return err
		}
	}
	if len(accounts) == 0 {
		return fmt.Errorf("there is no account at %s", r.provider)
	}
	var ends ends
	for _, account := range accounts {
		open, err := r.day(ctx, out, h, models.StatementDay{Provider: r.provider, Account: account, Day: r.date})
		ends.add(account, open, err)
	}
	return ends.err()
}

// ends is how the comparisons of several accounts ended.
type ends struct {
	open           int
	failed, noFile []error
}

func (e *ends) add(account string, open int, err error) {
	e.open += open
	switch {
	case err == nil:
	case providers.ClassOf(err) == providers.Refused:
		e.noFile = append(e.noFile, fmt.Errorf("%s: %w", account, err))
	default:
		e.failed = append(e.failed, fmt.Errorf("%s: %w", account, err))
	}
}

// err is the worst of it: a failure, then a missing statement, then what is open.
func (e *ends) err() error {
	switch {
	case len(e.failed) > 0:
		return errors.Join(append(e.failed, e.noFile...)...)
	case len(e.noFile) > 0:
		return codedError{fmt.Errorf("the statement is not there yet: %w", errors.Join(e.noFile...)), exitNoFile}
	case e.open > 0:
		return codedError{fmt.Errorf("the books and the statement differ in %d points", e.open), exitFound}
	default:
		return nil
	}
}

// day compares one account's day, shows what is open of it and its totals, and counts it.
func (r reconciliation) day(
	ctx context.Context, out io.Writer, h *house.House, about models.StatementDay,
) (open int, err error) {
	outcome, err := h.Books().Day(ctx, reconcile.Job{StatementDay: about, Final: r.final})
	if err != nil {
		return 0, err
	}
	if open, err = r.findings(ctx, out, h.Store, about); err != nil {
		return open, err
	}
	day, err := h.Store.StatementDay(ctx, about)
	if err != nil {
		return open, err
	}
	if err := r.totals(out, totals{"totals", day, outcome, open}); err != nil || !r.flows {
		return open, err
	}
	return open, r.flow(ctx, out, h, about)
}

// found is one line of --json.
type found struct {
	Type string `json:"type"` // "finding"
	store.Finding
	Name string `json:"name"` // "phantom capture"
	Say  string `json:"say"`
}

// totals is the last line of an account.
type totals struct {
	Type string `json:"type"` // "totals"
	store.StatementDay
	reconcile.Outcome
	Open int `json:"open"`
}

const findingsPage = 200

// findingsCommand lists what is open of all days.
func findingsCommand() *cobra.Command {
	var r reconciliation
	cmd := &cobra.Command{
		Use: "findings", Short: "List what providers' statements and the books do not agree on", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				about := models.StatementDay{Provider: r.provider, Account: r.account, Day: r.date}
				_, err := r.findings(ctx, cmd.OutOrStdout(), s, about)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "one JSON object a line")
	cmd.Flags().StringVar(&r.provider, "provider", "", "of one provider")
	cmd.Flags().StringVar(&r.account, "account", "", "of one account")
	cmd.Flags().StringVar(&r.date, "date", "", "of one day in Shanghai")
	return cmd
}

// findings shows what is open of the day, a page at a time, and counts it.
func (r reconciliation) findings(
	ctx context.Context, out io.Writer, s *store.Store, about models.StatementDay,
) (count int, err error) {
	for after := ""; ; {
		page, err := s.Findings(ctx, about, after, findingsPage)
		if err != nil {
			return count, err
		}
		for _, f := range page {
			if err := r.show(out, f); err != nil {
				return count, err
			}
		}
		if count += len(page); len(page) < findingsPage {
			return count, nil
		}
		after = page[len(page)-1].ID
	}
}

func (r reconciliation) show(out io.Writer, f store.Finding) (err error) {
	name := string(f.Kind) + " " + string(f.Entry)
	if r.asJSON {
		return json.NewEncoder(out).Encode(found{"finding", f, name, f.Say()})
	}
	_, err = fmt.Fprintf(out, "%-24s %s  %s → %s %s\n", name, f.Subject, f.Say(), f.Route, f.Case)
	return err
}

func (r reconciliation) totals(out io.Writer, t totals) (err error) {
	if r.asJSON {
		return json.NewEncoder(out).Encode(t)
	}
	_, err = fmt.Fprintf(out, "%s %s %s: %d lines, %d of them foreign; %d captures of %d fen, "+
		"%d refunds of %d fen, fees %d fen; %d fit, %d open (%d new, %d healed)\n",
		t.Provider, t.Account, t.Day, t.Lines, t.Foreign, t.Captures, t.Captured,
		t.Refunds, t.Refunded, t.Fees, t.Matched, t.Open, t.Opened, t.Healed)
	return err
}
