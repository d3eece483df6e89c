package unionpay

import (
	"archive/zip"
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// The widths of the columns, in bytes of GBK; a blank follows each.
var (
	normalWidths = []int{
		3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15,
		1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1,
	}
	errorWidths = []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2}
)

// The columns that are read, counted from 0.
const (
	colTime     = 4
	colAmount   = 6
	colQuery    = 9
	colOrder    = 11
	colFee      = 15
	colType     = 19
	colMerchant = 27
	colReserved = 34
)

const (
	maxLine = 4 << 10 // bytes of one row
	maxRows = 2 << 30 // bytes of one file in an archive, inflated
)

// errStatement quotes nothing: rows name cards.
var errStatement = errors.New("the statement is not of the expected form")

var memberForm = regexp.MustCompile(`^INN([0-9]{6})88(ZME?)_([0-9]{15})$`)

// readArchive reads the files of an archive: ZM has the rows of payments and
// refunds, ZME those of corrections between banks. There are summaries too, which
// nobody needs. What is named for another day or merchant was not asked for.
func (a *Adapter) readArchive(archive *zip.Reader, day time.Time, each func(providers.Entry) bool) error {
	read := map[string]bool{}
	for _, file := range archive.File {
		parts := memberForm.FindStringSubmatch(file.Name)
		if parts == nil {
			continue
		}
		kind := parts[2]
		if parts[1] != day.Format("060102") || parts[3] != a.MerID || read[kind] {
			return errStatement
		}
		read[kind] = true
		if err := a.readFile(file, kind == "ZM", day, each); err != nil {
			return err
		}
	}
	if len(read) == 0 {
		return errStatement
	}
	return nil
}

func (a *Adapter) readFile(
	file *zip.File, normal bool, day time.Time, each func(providers.Entry) bool,
) error {
	content, err := file.Open()
	if err != nil {
		return errStatement
	}
	defer content.Close()
	lines := bufio.NewScanner(io.LimitReader(content, maxRows))
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	widths := errorWidths
	if normal {
		widths = normalWidths
	}
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" {
			continue
		}
		columns, err := split(line, widths)
		if err != nil {
			return err
		}
		if !normal {
			continue // a correction between banks names no order: people settle it
		}
		entry, ours, err := a.entry(columns, day)
		if err != nil {
			return err
		}
		if ours && !each(entry) {
			return errStopped
		}
	}
	return lines.Err()
}
