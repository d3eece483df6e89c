package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/client"
)

const localURL = "http://127.0.0.1:8080"

// caller is what the merchant's own commands need: where friendpay is. The key comes from the environment
// alone: a flag would stand in the shell's history and in the list of processes.
type caller struct {
	url    string
	asJSON bool
}

func (c *caller) flags(cmd *cobra.Command) *cobra.Command {
	usual := cmp.Or(environment()["FRIENDPAY_URL"], localURL)
	cmd.Flags().StringVar(&c.url, "url", usual, "or FRIENDPAY_URL; the key is FRIENDPAY_API_KEY")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "one JSON object a line")
	return cmd
}

func (c *caller) api() (*client.API, error) {
	key := environment()["FRIENDPAY_API_KEY"]
	if key == "" {
		return nil, usageError{errors.New("FRIENDPAY_API_KEY is not set: `friendpay dev` prints one")}
	}
	api, err := client.New(c.url, key)
	if err != nil {
		return nil, usageError{err}
	}
	return api, nil
}

func requestCommand() *cobra.Command {
	return group("request", "Ask friends to pay, as a merchant's server would", createRequestCommand(),
		showRequestCommand(), listRequestsCommand(), watchRequestCommand(), cancelRequestCommand(),
		refundRequestCommand())
}

func createRequestCommand() *cobra.Command {
	var c caller
	var key, message string
	var seconds int64
	order := client.OrderIn{Payable: client.Amount{Currency: "CNY"}, Kind: new("physical")}
	order.Buyer.Name, order.PriceVersion = new(""), new(int64(1))
	cmd := &cobra.Command{
		Use: "create", Short: "Place a request for an order and print its link", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if order.Payable.Minor < 1 {
				return usageError{errors.New("--amount is the price in fen, at least 1")}
			}
			api, err := c.api()
			if err != nil {
				return err
			}
			order.Number = cmp.Or(order.Number, "cli-"+rand.Text()[:12])
			in := client.PlaceInBody{Order: &order, Message: filled(message)}
			if seconds > 0 {
				in.ExpiresInSeconds = &seconds
			}
			placed, err := api.Place(cmd.Context(), cmp.Or(key, order.Number), in)
			if err != nil {
				return err
			}
			return c.tellPlaced(cmd.OutOrStdout(), placed)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&order.App, "app", "app_demo", "the app that sold it")
	flags.StringVar(&order.Number, "number", "", "your order's number; empty: a fresh one")
	flags.StringVar(&order.Title, "title", "A test order", "what the friend reads first")
	flags.Int64Var(&order.Payable.Minor, "amount", 0, "the price in fen: 12900 is 129 CNY")
	flags.StringVar(order.Kind, "kind", "physical", "physical, virtual, top_up or cross_border")
	flags.StringVar(&order.Buyer.ID, "buyer", "buyer-1", "your own id of the buyer")
	flags.StringVar(order.Buyer.Name, "buyer-name", "王小明", "the friend sees its first character")
	flags.StringVar(&message, "message", "", "leads the text to share")
	flags.Int64Var(&seconds, "expires-in", 0, "seconds from 60 on; 0: as the app says")
	flags.StringVar(&key, "idempotency-key", "", "empty: the order's number")
	return c.flags(cmd)
}

func (c *caller) tellPlaced(out io.Writer, placed *client.PlacedView) error {
	if c.asJSON {
		return lines(out, []any{placed})
	}
	_, err := fmt.Fprintf(out, "%s  %s  %s\n", placed.ID, placed.State, yuan(placed.Payable))
	if placed.Link != nil && err == nil {
		_, err = fmt.Fprintf(out, "link   %s\nuntil  %s\n", placed.Link.URL, when(placed.ExpiresAt))
	}
	return err
}

func showRequestCommand() *cobra.Command {
	var c caller
	return c.flags(&cobra.Command{
		Use: "show REQUEST", Short: "Show one request, its payments and refunds", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.answer(cmd, func(ctx context.Context, api *client.API) (*client.RequestView, error) {
				return api.Show(ctx, args[0])
			})
		},
	})
}

// answer makes one call that ends with a request, and prints it.
func (c *caller) answer(
	cmd *cobra.Command, ask func(context.Context, *client.API) (*client.RequestView, error),
) error {
	api, err := c.api()
	if err != nil {
		return err
	}
	r, err := ask(cmd.Context(), api)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if c.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, _ = fmt.Fprintf(out, "%s  %s  %s  order %s, until %s\n", r.ID, r.State, yuan(r.Payable), r.Order.Number,
		when(r.ExpiresAt))
	for _, a := range r.Attempts {
		_, _ = fmt.Fprintf(out, "payment %s  %s through %s, %s\n", a.Number, a.State, a.Channel, yuan(a.Quoted))
	}
	for _, f := range r.Refunds {
		_, _ = fmt.Fprintf(out, "refund  %s  %s, %s (%s)\n", f.Number, f.State, yuan(f.Amount), f.Reason)
	}
	return nil
}

func listRequestsCommand() *cobra.Command {
	var c caller
	var app, cursor, order string
	var states []string
	limit := int64(20)
	cmd := &cobra.Command{
		Use: "list", Short: "List requests, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.api()
			if err != nil {
				return err
			}
			filter := client.ListRequestsParams{
				App: filled(app), OrderID: filled(order), Cursor: filled(cursor), Limit: &limit,
			}
			if len(states) > 0 {
				filter.State = &states
			}
			page, err := api.List(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return c.tellPage(cmd.OutOrStdout(), page)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&app, "app", "", "needed when the key covers several apps")
	flags.StringSliceVar(&states, "state", nil, "only of these states, with commas")
	flags.StringVar(&order, "order", "", "only of this order (ord_…)")
	flags.StringVar(&cursor, "cursor", "", "the next of the page before")
	flags.Int64Var(&limit, "limit", limit, "at most so many, up to 100")
	return c.flags(cmd)
}

func (c *caller) tellPage(out io.Writer, page *client.RequestsView) error {
	if c.asJSON {
		return lines(out, page.Requests)
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "REQUEST\tSTATE\tAMOUNT\tORDER\tPLACED")
	for _, r := range page.Requests {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, yuan(r.Payable), r.Order.Number,
			r.CreatedAt.UTC().Format(time.RFC3339))
	}
	if page.Next != nil {
		_, _ = fmt.Fprintf(table, "more with --cursor %s\n", *page.Next)
	}
	return table.Flush()
}

// yuan writes minor units as people do.
func yuan(m client.Money) string {
	return fmt.Sprintf("%d.%02d %s", m.Minor/100, m.Minor%100, m.Currency)
}

// filled is nil for what was not given.
func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
