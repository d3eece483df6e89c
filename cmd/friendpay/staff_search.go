package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
)

func searchCommand() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use: "search WORDS", Short: "Find a request by whatever somebody has of it", Args: cobra.ExactArgs(1),
		Long: "Finds requests, payments, refunds, links, payers, callbacks, messages and cases by an order's,\n" +
			"a payment's or the provider's number, an id, a link, its fingerprint or share code, or a phone.\n" +
			"A phone or a link is better typed than given: with - the words are read from the input, and stand\n" +
			"in no history of the shell.",
		RunE: func(cmd *cobra.Command, args []string) error {
			words, err := wordsOf(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				hits, err := h.Find(ctx, words, limit)
				if err != nil {
					return err
				}
				return tellHits(cmd.OutOrStdout(), hits, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many, 100 at the most")
	return cmd
}

// wordsOf are the words given, or those of the first line of the input for "-".
func wordsOf(in io.Reader, given string) (string, error) {
	if given != "-" {
		return given, nil
	}
	typed, err := bufio.NewReader(io.LimitReader(in, 1000)).ReadString('\n')
	if err != nil && typed == "" {
		return "", usageError{fmt.Errorf("no words to search for: %w", err)}
	}
	return strings.TrimSpace(typed), nil
}

func tellHits(out io.Writer, hits []store.Hit, asJSON bool) error {
	switch {
	case asJSON:
		return lines(out, hits)
	case len(hits) == 0:
		_, err := fmt.Fprintln(out, "nothing found")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "WHAT\tID\tREQUEST\tLABEL\tMADE")
	for _, hit := range hits {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", hit.Kind, hit.ID, hit.Request, hit.Label, when(hit.At))
	}
	return table.Flush()
}
