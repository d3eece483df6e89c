// Package alipaysdk lets Alipay's own program for Node.js speak to the simulator:
// what both sides of the tests in Go got wrong alike, it finds.
package alipaysdk

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/alipay"
)

// How long the talk may take, and how long fetching the program.
const (
	patience = time.Minute
	fetching = 5 * time.Minute
)

// members is an answer of the gateway, as Alipay's program read it.
type members map[string]any

func (m members) get(name string) string { text, _ := m[name].(string); return text }

// told is a form that Alipay sent, and whether its signature held; Spoiled is the
// same for one with another amount.
type told struct {
	Form    map[string]string
	Genuine bool
	Spoiled bool
}

type led struct {
	Status   int
	Location string
}

// talk is what came of the scene in talk.mjs.
type talk struct {
	Precreate, Unseen, Paid, Refund, Again, Refunded, Create, Close, Closed, Token, Bill members

	Notices    []told
	Returned   told
	Link, Form led
	Bytes      string
}

// install fetches the program as package-lock.json names it, outside the tree.
func install(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "talk.mjs"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	run(t, dir, fetching, nil, "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	return dir
}

// run runs a program in a folder and returns what it printed.
func run(t *testing.T, dir string, limit time.Duration, in []byte, name string, arguments ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	program := exec.CommandContext(ctx, name, arguments...)
	// Alipay's program writes the time of wherever it is.
	program.Dir, program.Env = dir, append(os.Environ(), "TZ=Asia/Shanghai")
	var problems bytes.Buffer
	program.Stdin, program.Stderr = bytes.NewReader(in), &problems
	out, err := program.Output()
	require.NoError(t, err, "%s: %s", name, problems.String())
	return out
}

func TestAlipaysOwnProgramSpeaksToTheSimulator(t *testing.T) {
	t.Parallel()
	dir := install(t)
	account, err := alipay.NewAccount("良品小店", "2021000000000001", "2088000000000001")
	require.NoError(t, err)
	for mode, certified := range map[string]bool{"public key": false, "certificates": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			mine := account
			mine.CertMode = certified
			sim, err := paysim.New(paysim.Options{Alipay: []alipay.Account{mine}, Speed: 1000})
			require.NoError(t, err)
			server := httptest.NewServer(sim.Handler())
			t.Cleanup(func() {
				server.Close()
				require.NoError(t, sim.Close())
			})
			number := mint.Number()
			scene, err := json.Marshal(map[string]any{"base": server.URL, "account": mine, "number": number})
			require.NoError(t, err)
			var said talk
			require.NoError(t, json.Unmarshal(run(t, dir, patience, scene, "node", "talk.mjs"), &said))
			heldTo(t, said, server.URL, number)
		})
	}
}

// heldTo compares what Alipay's program read with what was done.
func heldTo(t *testing.T, said talk, base, number string) {
	t.Helper()
	require.True(t, strings.HasPrefix(said.Precreate.get("qr_code"), base+"/alipay/cashier?qr="))
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", said.Unseen.get("sub_code"))
	require.Equal(t, "TRADE_SUCCESS", said.Paid.get("trade_status"))
	require.Equal(t, "120.00", said.Paid.get("buyer_pay_amount"))
	require.Len(t, said.Paid["fund_bill_list"], 2)
	require.Equal(t, []string{"Y", "N"}, []string{said.Refund.get("fund_change"), said.Again.get("fund_change")})
	require.Equal(t, "REFUND_SUCCESS", said.Refunded.get("refund_status"))
	require.Len(t, said.Notices, 2)
	for i, part := range []string{"", "9.00"} {
		notice := said.Notices[i]
		require.True(t, notice.Genuine)
		require.False(t, notice.Spoiled)
		require.Equal(t, part, notice.Form["refund_fee"])
		require.Equal(t, number+"QR", notice.Form["out_trade_no"])
		require.Equal(t, `代付-咖啡 "%25"`, notice.Form["subject"])
	}
	require.Len(t, said.Create.get("trade_no"), 28)
	require.Equal(t, "10000", said.Close.get("code"))
	require.Equal(t, "ACQ.REASON_TRADE_STATUS_INVALID", said.Closed.get("sub_code"))
	for _, link := range []led{said.Link, said.Form} {
		require.Equal(t, 302, link.Status)
		require.Contains(t, link.Location, "/alipay/cashier?order=")
	}
	require.True(t, said.Returned.Genuine)
	require.Equal(t, number+"WAP", said.Returned.Form["out_trade_no"])
	require.Equal(t, "friend09", said.Token.get("open_id"))
	require.Equal(t, "PK", said.Bytes, "a zip file: %v", said.Bill)
}
