package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/client"
)

// listener hands an app's events to a developer's own server, signed like webhooks.
type listener struct {
	caller
	forward, app string
	only         []string
	remote       bool
	after        int64
	secret       string
	http         *http.Client
	out          io.Writer
}

func listenCommand() *cobra.Command {
	l := &listener{http: &http.Client{
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	cmd := &cobra.Command{
		Use: "listen", Short: "Hand events to your own server as they happen, signed like webhooks",
		Args: cobra.NoArgs,
		Long: "Follows the app's events and hands each to --forward, signed with the secret that it prints or\n" +
			"with FRIENDPAY_WEBHOOK_SECRET. Nothing has to reach your machine from outside. Ctrl-C ends it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			l.out = cmd.OutOrStdout()
			if err := l.check(); err != nil {
				return err
			}
			return l.listen(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&l.forward, "forward", "", "your server: http://localhost:3000/webhooks; empty: show only")
	flags.StringVar(&l.app, "app", "", "needed when the key covers several apps")
	flags.StringSliceVar(&l.only, "events", nil, "only these, with commas; empty: all")
	flags.Int64Var(&l.after, "after", -1, "begin after the event of this number; -1: with what happens now")
	flags.BoolVar(&l.remote, "remote", false, "forward to another machine than this one")
	return l.flags(cmd)
}

func (l *listener) check() error {
	for _, name := range l.only {
		if !slices.Contains(client.EventTypes, name) {
			return usageError{fmt.Errorf("there is no event %q", name)}
		}
	}
	if l.forward != "" {
		to, err := url.Parse(l.forward)
		if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
			return usageError{errors.New("--forward is like http://localhost:3000/webhooks")}
		}
		if ip := net.ParseIP(to.Hostname()); !l.remote && to.Hostname() != "localhost" &&
			(ip == nil || !ip.IsLoopback()) {
			return usageError{errors.New("--forward leads to another machine: say --remote if that is meant")}
		}
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the process instead
	fresh := "whsec_" + base64.StdEncoding.EncodeToString(random)
	l.secret = cmp.Or(environment()["FRIENDPAY_WEBHOOK_SECRET"], fresh)
	if _, err := client.Sign(l.secret, "msg", time.Now(), nil); err != nil {
		return usageError{fmt.Errorf("FRIENDPAY_WEBHOOK_SECRET: %w", err)}
	}
	return nil
}

func (l *listener) listen(ctx context.Context) error {
	api, err := l.api()
	if err != nil {
		return err
	}
	if l.forward != "" && !l.asJSON {
		_, _ = fmt.Fprintf(l.out, "signing secret  %s\nforwarding to   %s\n", l.secret, l.forward)
	}
	err = api.Follow(ctx, l.app, l.after, func(e client.AccountEventView) error { return l.pass(ctx, e) })
	if errors.Is(err, context.Canceled) {
		return nil // Ctrl-C is how it ends
	}
	return err
}

// passed is one line of what was forwarded.
type passed struct {
	No      int64  `json:"no"`
	ID      string `json:"id"`
	Type    string `json:"type"`
	Request string `json:"request"`
	Status  int    `json:"status,omitempty"` // of the developer's server; 0: it did not answer
	MS      int64  `json:"ms"`
	Error   string `json:"error,omitempty"`
}

// pass forwards one event, and says how it went. What the server refuses is not sent again.
func (l *listener) pass(ctx context.Context, e client.AccountEventView) error {
	if len(l.only) > 0 && !slices.Contains(l.only, e.Body.Type) {
		return nil
	}
	line := passed{No: e.No, ID: e.ID, Type: e.Body.Type, Request: e.Body.Data.Request}
	if l.forward != "" {
		began := time.Now()
		status, err := l.post(ctx, e)
		line.Status, line.MS = status, time.Since(began).Milliseconds()
		if err != nil {
			line.Error = err.Error()
		}
	}
	if l.asJSON {
		return json.NewEncoder(l.out).Encode(line)
	}
	answered := cmp.Or(line.Error, strconv.Itoa(line.Status)+" in "+strconv.FormatInt(line.MS, 10)+" ms")
	if l.forward == "" {
		answered = ""
	}
	_, err := fmt.Fprintf(l.out, "%-4d %-24s %s  %s\n", line.No, line.Type, line.Request, answered)
	return err
}

func (l *listener) post(ctx context.Context, e client.AccountEventView) (int, error) {
	body, err := json.Marshal(e.Body)
	if err != nil {
		return 0, fmt.Errorf("write the event: %w", err)
	}
	now := time.Now()
	signature, err := client.Sign(l.secret, e.ID, now, body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.forward, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(client.HeaderID, e.ID)
	request.Header.Set(client.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(client.HeaderSignature, signature)
	answer, err := l.http.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
