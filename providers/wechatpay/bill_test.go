package wechatpay_test

import (
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
)

// listed reads a bill, and says what was told before there was an error.
func listed(t *testing.T, file string) (told []providers.Entry, err error) {
	t.Helper()
	a := adapter(t, open(t, bank{file: file, hashed: file}.answer), nil)
	for entry, err := range a.Statement(t.Context(), billDay) {
		if err != nil {
			return told, err
		}
		told = append(told, entry)
	}
	return told, nil
}

func TestFeesAreRoundedHalfAwayFromZero(t *testing.T) {
	t.Parallel()
	for fee, fen := range map[string]int64{
		"0.77400": 77, "0.77500": 78, "0.77499": 77, "0.00499": 0, "0.005": 1, "0": 0, "12.3": 1230,
		"-0.00500": -1, "-0.00499": 0, "-0.77500": -78, "-1": -100,
	} {
		row := strings.Replace(billRow(app, "SUCCESS", "", "129.00", "0.00"), "0.77400", fee, 1)
		entries, err := listed(t, aBill(billEnd("1", "129.00", "0.00", "0.00", fee, "129.00", "0.00"), row))
		require.NoError(t, err, fee)
		require.Equal(t, models.CNY(fen), entries[0].Fee, fee)
	}
	for _, fee := range []string{"0.123456", "1e-2", "", "+1", ".5", "--1"} {
		row := strings.Replace(billRow(app, "SUCCESS", "", "129.00", "0.00"), "0.77400", fee, 1)
		_, err := listed(t, aBill(oneEnd, row))
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestABillThatItsSummaryBeliesIsNotBelieved(t *testing.T) {
	t.Parallel()
	rows := []string{
		billRow(app, "SUCCESS", "", "129.00", "0.00"), billRow("wx-other", "REFUND", "SUCCESS", "0.00", "9.00"),
	}
	right := []string{"2", "129.00", "9.00", "0.00", "0.71958", "129.00", "9.00"}
	told, err := listed(t, aBill(billEnd(right...), rows...))
	require.NoError(t, err)
	require.Len(t, told, 1)
	short := append([]string(nil), right...)
	short[4] = "0.72" // to the fen, as elder bills have it
	_, err = listed(t, aBill(billEnd(short...), rows...))
	require.NoError(t, err)
	for i, wrong := range []string{"3", "129.01", "8.99", "0.01", "0.71957", "128", "0.00"} {
		lie := append([]string(nil), right...)
		lie[i] = wrong
		told, err := listed(t, aBill(billEnd(lie...), rows...))
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.ErrorContains(t, err, "summary", wrong)
		require.Empty(t, told, "a line was told of a bill that is not believed")
	}
	for _, end := range []string{
		billNames, billEnd(right[:6]...), billEnd(right...) + rows[0],
		strings.Replace(billEnd(right...), "订单总", "x", 1),
	} {
		told, err := listed(t, aBill(end, rows...))
		require.ErrorContains(t, err, "expected form")
		require.Empty(t, told)
	}
}

func TestWhatACashierTookBackMayBeInTheSumsOrNot(t *testing.T) {
	t.Parallel()
	rows := []string{
		billRow(app, "SUCCESS", "", "129.00", "0.00"), billRow(app, "REVOKED", "", "129.00", "0.00"),
	}
	for _, end := range []string{
		billEnd("2", "129.00", "0.00", "0.00", "0.77400", "129.00", "0.00"),
		billEnd("2", "258.00", "0.00", "0.00", "1.54800", "258.00", "0.00"),
	} {
		told, err := listed(t, aBill(end, rows...))
		require.NoError(t, err)
		require.Len(t, told, 1)
	}
}

const manyLines = 100_000

// longBill serves a bill of many payments that is never whole in memory.
func longBill(w http.ResponseWriter, r *http.Request, _ []byte) {
	write := func(to io.Writer) {
		row := billRow(app, "SUCCESS", "", "129.00", "0.00")
		_, _ = io.WriteString(to, billHead+"\r\n")
		for range manyLines {
			_, _ = io.WriteString(to, row)
		}
		sum := fmt.Sprintf("%d.00", 129*manyLines)
		_, _ = io.WriteString(to, billEnd(fmt.Sprint(manyLines), sum, "0.00", "0.00", "77400.00000", sum, "0.00"))
	}
	if r.URL.Path != "/v3/bill/tradebill" {
		z := gzip.NewWriter(w)
		write(z)
		_ = z.Close() // the reader may be gone
		return
	}
	hash := sha1.New()
	write(hash)
	reply(w, 200, text(map[string]string{
		"hash_type": "SHA1", "hash_value": hex.EncodeToString(hash.Sum(nil)),
		"download_url": "https://api.mch.weixin.qq.com" + billFile,
	}))
}

// heap is what is in use on the heap, in bytes, some garbage included.
func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// The bill is of 25 MB. It runs alone: others would be measured with it.
func TestALongBillIsReadInLittleMemory(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	a := adapter(t, open(t, longBill), nil)
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	before, peak := heap(), uint64(0)
	over, stopped := make(chan struct{}), make(chan struct{})
	go func() { // while it is fetched, nothing is told yet
		defer close(stopped)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				peak = max(peak, heap())
			case <-over:
				return
			}
		}
	}()
	lines := 0
	for entry, err := range a.Statement(t.Context(), billDay) {
		if err != nil || entry.Fee.Minor != 77 { // the tools of tests are slow
			t.Fatal(entry, err)
		}
		lines++
	}
	close(over)
	<-stopped
	require.Equal(t, manyLines, lines)
	t.Logf("%d lines, %d KiB at the most", lines, (peak-min(before, peak))/1024)
	require.Less(t, peak, before+8<<20)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestABillLeavesNoFileBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	file := aBill(oneEnd, billRow(app, "SUCCESS", "", "129.00", "0.00"))
	a := adapter(t, open(t, bank{file: file, hashed: file}.answer), nil)
	for _, err := range a.Statement(t.Context(), billDay) {
		require.NoError(t, err)
		left, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Empty(t, left, "a crash now would leave payers behind")
		break // and who wants no more is told no more
	}
	t.Setenv("TMPDIR", folder+"/nowhere")
	_, err := providertest.Lines(a.Statement(t.Context(), billDay))
	classed(t, err, providers.Ambiguous, "ANSWER")
	require.NotContains(t, err.Error(), folder)
}
