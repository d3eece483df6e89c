package unionpay_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
)

func TestAStatementIsReadToTheFen(t *testing.T) {
	t.Parallel()
	undone := giveBack.with(columns{12: "SOMEBODYELSES", 20: "31", 35: "", 16: "D000000000000"})
	g := open(t, says(filed(archive(map[string]string{
		fileName: rows(
			capture, capture.with(columns{28: "777290058110049"}), giveBack, capture.with(columns{20: "12"}), undone),
		strings.Replace(fileName, "ZM", "ZME", 1): columns{1: "E74", 6: "6216***********0018"}.row(errorWidths),
		"RD1001": "whatever",
	}))))
	lines, err := providertest.Lines(adapter(t, g, nil).Statement(t.Context(), fileDay))
	require.NoError(t, err)
	at := time.Date(fileDay.Year(), fileDay.Month(), fileDay.Day(), 10, 2, 3, 0, shanghai)
	for i, want := range []providers.Entry{
		{Kind: "capture", Number: number, Transaction: queryID, Amount: models.CNY(12900), Fee: models.CNY(71)},
		{Kind: "refund", Number: number, Refund: refundNo, Amount: models.CNY(900), Fee: models.CNY(-5)},
		{Kind: "refund", Refund: "SOMEBODYELSES", Amount: models.CNY(900)},
	} {
		want.At, want.Fee.Currency = at, "CNY"
		if i > 0 {
			want.At, want.Transaction = at.Add(time.Hour+3*time.Minute), "212501011105001234567"
		}
		require.True(t, want.At.Equal(lines[i].At))
		lines[i].At = want.At
		require.Equal(t, want, lines[i])
	}
	require.Len(t, lines, 3)
	said := g.calls()[0].said
	for key, want := range map[string]string{
		"txnType": "76", "txnSubType": "01", "bizType": "000000", "fileType": "00",
		"settleDate": fileDay.Format("0102"),
	} {
		require.Equal(t, want, said[key])
	}
}

func TestAStatementThatIsNotTheOneAskedForIsNotBelieved(t *testing.T) {
	t.Parallel()
	file := rows(capture)
	good := filed(archive(map[string]string{fileName: file}))
	strange := fileName[:len(fileName)-1] + "9"
	for name, spoil := range map[string]form{
		"another day's":      {"settleDate": "0101"},
		"no file":            {"fileContent": ""},
		"no base64":          {"fileContent": "%%%"},
		"not deflated":       {"fileContent": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},
		"cut":                {"fileContent": good["fileContent"][:len(good["fileContent"])/2]},
		"no archive":         {"fileContent": content([]byte("no archive"))},
		"nothing in it":      {"fileContent": content(archive(nil))},
		"of a year ago":      {"fileContent": content(archive(map[string]string{"INN19010188ZM_" + mer: file}))},
		"of another":         {"fileContent": content(archive(map[string]string{strange: file}))},
		"another's question": {"merId": "777290058110049"},
		"a broken archive":   {"fileContent": content(broken(archive(map[string]string{fileName: file})))},
	} {
		lines, err := providertest.Lines(asked(t, good.with(spoil)).Statement(t.Context(), fileDay))
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.Empty(t, lines, name)
	}
}

// broken changes a byte of the first file's packed text.
func broken(archive []byte) []byte {
	at := 30 + len(fileName) + 20
	archive[at] ^= 1
	return archive
}

func TestRowsThatAreShiftedOrOddAreNotBelieved(t *testing.T) {
	t.Parallel()
	whole := rows(capture)
	for name, file := range map[string]string{
		"a byte less":      whole[1:],
		"a byte more":      " " + whole,
		"cut short":        whole[:300] + "\r\n",
		"a column filled":  strings.Replace(whole, queryID+" ", queryID+"1", 1),
		"no GBK":           strings.Replace(whole, "S22", "S\x81\xff", 1),
		"half a character": strings.Replace(whole, "\xb2\xe2", "\xff\xe2", 1),
		"UTF-8":            strings.Replace(whole, "01040000   ", "测试测  ", 1),
		"endless":          strings.Repeat("x", 8<<10),
		"no amount":        rows(capture.with(columns{7: ""})),
		"a float":          rows(capture.with(columns{7: "000000129.00"})),
		"negative":         rows(capture.with(columns{7: "-00000012900"})),
		"no fee":           rows(capture.with(columns{16: ""})),
		"a fee's side":     rows(capture.with(columns{16: "X000000000071"})),
		"no time":          rows(capture.with(columns{5: "13011002"})),
		"no type":          rows(capture.with(columns{20: ""})),
		"an unknown type":  rows(capture.with(columns{20: "99"})),
		"no merchant":      rows(capture.with(columns{28: ""})),
		"no order":         rows(capture.with(columns{12: ""})),
		"no number":        rows(capture.with(columns{10: "x"})),
	} {
		packed := filed(archive(map[string]string{fileName: rows(capture) + file}))
		lines, err := providertest.Lines(asked(t, packed).Statement(t.Context(), fileDay))
		failed := classed(t, err, providers.Ambiguous, "ANSWER")
		require.NotContains(t, failed.Message, number)
		require.Empty(t, lines, name)
	}
	shifted := "x" + columns{1: "E74"}.row(errorWidths)
	packed := filed(archive(map[string]string{
		fileName: rows(capture), strings.Replace(fileName, "ZM", "ZME", 1): shifted,
	}))
	_, err := providertest.Lines(asked(t, packed).Statement(t.Context(), fileDay))
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestADayWithoutAStatement(t *testing.T) {
	t.Parallel()
	none := asked(t, form{"respCode": "98", "respMsg": "文件不存在[7700001]"})
	lines, err := providertest.Lines(none.Statement(t.Context(), fileDay))
	require.NoError(t, err)
	require.Empty(t, lines)
	_, err = providertest.Lines(none.Statement(t.Context(), time.Now()))
	failed := classed(t, err, providers.Refused, "98")
	require.Greater(t, failed.RetryAfter, 9*time.Hour)
	nobody := open(t, says(form{"respCode": "98"}))
	_, err = providertest.Lines(adapter(t, nobody, nil).Statement(t.Context(), time.Now().AddDate(0, 0, 2)))
	failed = classed(t, err, providers.Refused, "98")
	require.Greater(t, failed.RetryAfter, 48*time.Hour)
	_, err = providertest.Lines(adapter(t, nobody, nil).Statement(t.Context(), time.Now().AddDate(-1, 0, 0)))
	classed(t, err, providers.Definite, "DAY") // a day and a month would name another
	require.Empty(t, nobody.calls())
	for code, class := range map[string]providers.Class{
		"10": providers.Definite, "37": providers.Refused, "99": providers.Ambiguous,
	} {
		_, err = providertest.Lines(asked(t, form{"respCode": code}).Statement(t.Context(), fileDay))
		classed(t, err, class, code)
	}
}

func TestWhoWantsNoMoreLinesGetsNone(t *testing.T) {
	t.Parallel()
	a := asked(t, filed(archive(map[string]string{fileName: rows(capture, capture, capture)})))
	seen := 0
	for _, err := range a.Statement(t.Context(), fileDay) {
		require.NoError(t, err)
		if seen++; seen == 2 {
			break
		}
	}
	require.Equal(t, 2, seen)
}

// TestAStatementTakesNoMemory is not parallel: it looks at the heap of all.
func TestAStatementTakesNoMemory(t *testing.T) {
	const lines = 100_000
	spools := t.TempDir()
	t.Setenv("TMPDIR", spools)
	var file strings.Builder
	file.Grow(lines * 800)
	row := rows(capture)
	for i := range lines {
		file.WriteString(strings.Replace(row, number, fmt.Sprintf("%026d", i*7919), 1))
	}
	body := form{"txnType": "76"}.with(filed(archive(map[string]string{fileName: file.String()}))).
		signedBy(chain().unionpay).text()
	file.Reset()
	a := adapter(t, open(t, func(w http.ResponseWriter, _ form) { _, _ = io.WriteString(w, body) }), nil)
	before, read, most := heap(), 0, uint64(0)
	for entry, err := range a.Statement(t.Context(), fileDay) {
		require.NoError(t, err)
		require.Equal(t, models.CNY(12900), entry.Amount)
		if read++; read%(lines/5) == 0 {
			most = max(most, heap())
		}
	}
	require.Equal(t, lines, read)
	require.Less(t, most, before+4<<20, "a file of %d MB", len(body)>>20)
	left, err := filepath.Glob(filepath.Join(spools, "*"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, spools, os.TempDir())
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
