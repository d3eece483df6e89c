package alipay_test

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A bill of a hundred thousand lines, which are 20 MB, must not need as much memory.
func TestABigBillIsReadLineByLine(t *testing.T) {
	const rows, room = 100_000, 8 << 20
	t.Setenv("TMPDIR", t.TempDir())
	var text strings.Builder
	out := bufio.NewWriter(&text)
	for i := range rows {
		row := strings.Replace(paidRow, "2025010122001", strconv.Itoa(2025010122001000+i), 1)
		_, _ = out.WriteString(row + "\r\n")
	}
	require.NoError(t, out.Flush())
	sums := strings.NewReplacer("交易合计：1笔，商家实收共124.00", "交易合计：100000笔，商家实收共12400000.00",
		"1笔，商家实收退款共-9.00", "0笔，商家实收退款共0.00").Replace(twoSums)
	file := packed(detailName, bill(sums, strings.TrimSuffix(text.String(), "\r\n")))
	text.Reset()
	a := adapter(t, shop(t, file).URL, nil)
	heap := func() uint64 {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return now.HeapAlloc
	}
	before, most, n := heap(), uint64(0), 0
	for _, err := range a.Statement(t.Context(), day) {
		require.NoError(t, err)
		if n++; n%20_000 == 0 {
			most = max(most, heap())
			left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
			require.NoError(t, err)
			require.Empty(t, left, "the file can be seen by others")
		}
	}
	require.Equal(t, rows, n)
	require.Less(t, most, before+room)
}
