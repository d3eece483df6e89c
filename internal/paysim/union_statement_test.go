package paysim_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// noon is a day on which nothing happens by chance: far from where clearing days end.
func noon() time.Time {
	return time.Date(2026, 12, 1, 12, 0, 0, 0, time.FixedZone("", 8*3600))
}

func (s *till) fileOf(settleDate string) pairs {
	s.t.Helper()
	call := s.base51("76/01/000000", "")
	delete(call, "orderId")
	call["settleDate"], call["fileType"] = settleDate, "00"
	return s.tell(fileRoad, call)
}

// unpacked are the files of a statement by name.
func unpacked(t *testing.T, said pairs) map[string][]byte {
	t.Helper()
	require.Equal(t, "00", said["respCode"])
	packed, err := base64.StdEncoding.DecodeString(said["fileContent"])
	require.NoError(t, err)
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	text, err := io.ReadAll(reader)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, file := range archive.File {
		open, err := file.Open()
		require.NoError(t, err)
		files[file.Name], err = io.ReadAll(open)
		require.NoError(t, err)
	}
	return files
}

// rows are the columns of a ZM file, cut by the widths of the paper.
func zmRows(t *testing.T, text []byte) [][]string {
	t.Helper()
	widths := []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21,
		15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131}
	var list [][]string
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\r\n"))
		var row []string
		for i, width := range widths {
			require.GreaterOrEqual(t, len(line), width, "column %d", i+1)
			row = append(row, strings.TrimSpace(string(line[:width])))
			line = bytes.TrimPrefix(line[width:], []byte(" "))
		}
		require.Empty(t, line)
		list = append(list, row)
	}
	return list
}

func zm(t *testing.T, said pairs) [][]string {
	t.Helper()
	for name, text := range unpacked(t, said) {
		if strings.Contains(name, "88ZM_") {
			return zmRows(t, text)
		}
	}
	require.FailNow(t, "no ZM file")
	return nil
}

func TestUnionPaysStatementListsWhatMoved(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{Now: noon, Speed: 1e6})
	require.Equal(t, "98", s.fileOf("1201")["respCode"])
	first, _ := s.placed("qr", nowhere)
	s.simulate("/sim/unionpay/pay", members{"number": first["orderId"], "coupon": 500})
	second := s.settled("wap", nowhere)
	back := s.returning(second, "10000", nowhere)
	s.tell(backDo, back)
	s.eventually(back["orderId"], "refund_done", 1)
	said := s.fileOf("1201")
	require.Equal(t, "777290058110048_20261201.zip", said["fileName"])
	files := unpacked(t, said)
	require.Contains(t, files, "INN26120188ZM_777290058110048")
	require.Empty(t, files["INN26120188ZME_777290058110048"])
	found := map[string][]string{}
	for _, row := range zm(t, said) {
		found[row[11]] = row
	}
	require.Len(t, found, 3)
	for number, want := range map[string]map[int]string{
		first["orderId"]: {0: "S22", 4: "1201120000", 6: "000000012900", 9: s.inquire(first)["queryId"],
			15: "D000000000071", 16: "C000000012829", 17: "0001", 19: "01", 20: "07", 26: "",
			27: "777290058110048", 32: "C000000012829", 30: "\xc1\xbc\xc6\xb7\xd0\xa1\xb5\xea", 34: "YXR0",
			35: "C000000000500"},
		second["orderId"]: {19: "01", 20: "01", 21: "000201", 35: ""},
		back["orderId"]: {0: "S30", 6: "000000010000", 9: s.inquire(back)["queryId"], 15: "C000000000055",
			16: "D000000009945", 19: "04", 26: s.inquire(second)["queryId"]},
	} {
		for column, value := range want {
			require.Equal(t, value, found[number][column], "column %d", column+1)
		}
	}
	s.become(s.sim.UnionPayAccounts()[1])
	require.Equal(t, "98", s.fileOf("1201")["respCode"], "another merchant's")
}

func TestUnionPaysClearingDayEndsAtEleven(t *testing.T) {
	t.Parallel()
	var late atomic.Int64
	at := func() time.Time { return noon().Add(time.Duration(late.Load())) }
	s := openTill(t, paysim.Options{Now: at, Strict: true})
	early := s.settled("qr", nowhere)
	late.Add(int64(11*time.Hour + time.Minute))
	night := s.settled("qr", nowhere)
	require.Equal(t, "1201", s.inquire(early)["settleDate"])
	require.Equal(t, "1202", s.inquire(night)["settleDate"])
	require.Equal(t, early["orderId"], zm(t, s.fileOf("1201"))[0][11])
	require.Equal(t, "98", s.fileOf("1202")["respCode"], "that day is not over")
	late.Add(int64(24 * time.Hour))
	require.Equal(t, night["orderId"], zm(t, s.fileOf("1202"))[0][11])
	late.Add(int64(370 * 24 * time.Hour))
	require.Equal(t, "98", s.fileOf("1201")["respCode"], "that was another year's")
}

func TestUnionPaysStatementIsSpoiled(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{Now: noon})
	call := s.settled("qr", nowhere)
	s.settled("qr", nowhere)
	spoil := func(mode string) pairs {
		s.simulate("/sim/faults", members{"op": "statement", "mode": mode, "provider": "unionpay"})
		return s.fileOf("1201")
	}
	require.Equal(t, "98", spoil("missing")["respCode"])
	require.Len(t, zm(t, spoil("extra_row")), 3)
	require.Len(t, zm(t, spoil("missing_row")), 1)
	var sum []string
	for _, row := range zm(t, spoil("wrong_amount")) {
		sum = append(sum, row[6])
	}
	require.ElementsMatch(t, []string{"000000012900", "000000012901"}, sum)
	dear := spoil("wrong_fee")
	var fees []string
	for _, row := range zm(t, dear) {
		fees = append(fees, row[15]+" "+row[16])
	}
	require.ElementsMatch(t, []string{"D000000000071 C000000012829", "D000000000143 C000000012757"}, fees)
	require.Contains(t, string(unpacked(t, dear)["RD1001261201_777290058110048"]), " 214\r\n", "71 and 143")
	broken, err := base64.StdEncoding.DecodeString(spoil("bad_hash")["fileContent"])
	require.NoError(t, err)
	reader, err := zlib.NewReader(bytes.NewReader(broken))
	require.NoError(t, err)
	_, err = io.ReadAll(reader)
	require.ErrorIs(t, err, zlib.ErrChecksum)
	require.Contains(t, string(unpacked(t, spoil("garbage"))["INN26120188ZM_777290058110048"]), "S\x81\xff\xfe")
	require.Len(t, zm(t, s.fileOf("1201")), 2, call["orderId"])
}
