// Command paysim serves simulated payment providers: for development by hand,
// demos, and chaos runs against separate processes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/paysim"
)

// Exit codes: 0 stopped by a signal, 1 could not serve, 2 wrong flags.
const (
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks what the person typed wrong.
var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(os.Stdout, os.Stderr).ExecuteContext(ctx)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case err != nil:
		os.Exit(exitFailed)
	}
}

// flags are what a person may choose.
type flags struct {
	options paysim.Options
	addr    string
	keys    string
	json    bool
}

func command(out, progress io.Writer) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "paysim",
		Short: "Serve simulated payment providers",
		Long: "Serve simulated payment providers over HTTP, with a page for the payer, signed callbacks,\n" +
			"a journal of what truly happened and switches for what goes wrong.\n\n" +
			"Keys are made at the first start and kept in keys.json in the state folder. Without a state\n" +
			"folder nothing is kept, and --json is the way to learn the keys.",
		Example:      "  paysim --state .friendpay/paysim --speed 60",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return serve(c.Context(), f, out, progress)
		},
	}
	c.SetOut(out)
	c.SetErr(progress)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8399", "address to listen on")
	c.Flags().StringVar(&f.options.StateDir, "state", "", "folder for keys and journal; empty keeps nothing")
	c.Flags().StringVar(&f.keys, "keys", "", "JSON file with keys to use, in the form of keys.json")
	c.Flags().Float64Var(&f.options.Speed, "speed", 1, "divides retry waits and the refund delay")
	c.Flags().Uint64Var(&f.options.Seed, "seed", 1, "of the faults that come by chance")
	c.Flags().StringVar(&f.options.PublicURL, "public-url", "", "where browsers reach it")
	c.Flags().StringVar(&f.options.Domain, "domain", "",
		"host[:port] registered with WeChat Pay and Alipay for H5 and login; empty: any")
	c.Flags().BoolVar(&f.options.Strict, "strict", false, "refuse what providers only advise against")
	c.Flags().BoolVar(&f.json, "json", false, "print address and keys as JSON on standard output")
	return c
}

func serve(ctx context.Context, f flags, out, progress io.Writer) error {
	if f.keys != "" {
		if err := readKeys(f.keys, &f.options); err != nil {
			return err
		}
	}
	sim, err := paysim.New(f.options)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.addr)
	if err != nil {
		return errors.Join(err, sim.Close())
	}
	server := &http.Server{
		Handler: sim.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := announce(f, sim, listener.Addr().String(), out, progress); err != nil {
		return errors.Join(err, server.Close(), sim.Close())
	}
	select {
	case err := <-failed:
		return errors.Join(err, sim.Close())
	case <-ctx.Done():
		return shutDown(server, sim) //nolint:contextcheck // its own has just ended
	}
}

// shutDown lets running calls end. The simulator closes after the server, since
// its journal must take what these calls do.
func shutDown(server *http.Server, sim *paysim.Sim) error {
	sim.Faults().Clear()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	return errors.Join(err, sim.Close())
}

// announcement is what --json prints: stable fields, secrets included.
type announcement struct {
	URL      string `json:"url"`
	Accounts any    `json:"mockpay_accounts"`
	WeChat   any    `json:"wechatpay_accounts"`
	Alipay   any    `json:"alipay_accounts"`
	UnionPay any    `json:"unionpay_accounts"`
	OIDC     any    `json:"oidc_client"`
	SMSKey   string `json:"sms_key"`
}

func announce(f flags, sim *paysim.Sim, addr string, out, progress io.Writer) error {
	if f.json {
		return json.NewEncoder(out).Encode(announcement{
			"http://" + addr, sim.Accounts(), sim.WeChatAccounts(), sim.AlipayAccounts(), sim.UnionPayAccounts(),
			sim.OIDC(), sim.SMSKey(),
		})
	}
	_, err := fmt.Fprintf(progress, "paysim at http://%s, speed %g\n", addr, f.options.Speed)
	if f.options.StateDir != "" && err == nil {
		_, err = fmt.Fprintf(progress, "keys and journal in %s\n", f.options.StateDir)
	}
	return err
}

func readKeys(path string, options *paysim.Options) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	var given announcement
	given.Accounts, given.WeChat = &options.Accounts, &options.WeChat
	given.Alipay, given.UnionPay, given.OIDC = &options.Alipay, &options.UnionPay, &options.OIDC
	if err := json.Unmarshal(text, &given); err != nil {
		return fmt.Errorf("%w: keys in %s: %w", errUsage, path, err)
	}
	options.SMSKey = given.SMSKey
	return nil
}
