package wechatpay

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// maxLine is of one row, in bytes.
const maxLine = 64 << 10

var (
	errBill = errors.New("the bill is not of the expected form")
	errSums = errors.New("the bill's rows are not what its summary says")
	// errEnough ends the reading for somebody who wants no more.
	errEnough = errors.New("no more is wanted")
)

// form is a kind of bill: the columns of its rows and of the summary that ends it, as
// far as they are read. Their order may change.
type form struct{ rows, summary []string }

// read hands out the rows and, at last, the summary. That it comes to its end proves
// that the bill is whole. An error quotes nothing: rows name payers.
func (f form) read(from io.Reader, take, end func(row) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	if !lines.Scan() {
		return errBill
	}
	at, err := places(strings.TrimPrefix(lines.Text(), "\ufeff"), f.rows)
	if err != nil {
		return err
	}
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "`") { // names again
			return f.finish(lines, end)
		}
		values := cells(lines.Text())
		if len(values) != len(at) {
			return errBill
		}
		if err := take(row{at, values}); err != nil {
			return err
		}
	}
	return errBill
}

// finish reads the summary's names, which are the line at hand, and its values,
// behind which nothing may stand.
func (f form) finish(lines *bufio.Scanner, end func(row) error) error {
	at, err := places(lines.Text(), f.summary)
	if err != nil || !lines.Scan() {
		return errBill
	}
	values := cells(lines.Text())
	if len(values) != len(at) {
		return errBill
	}
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) != "" {
			return errBill
		}
	}
	if lines.Err() != nil {
		return errBill
	}
	return end(row{at, values})
}

// places finds the columns of a line of names; all that are read must be there.
func places(line string, names []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range cells(line) {
		at[name] = i
	}
	for _, name := range names {
		if _, there := at[name]; !there {
			return nil, errBill
		}
	}
	return at, nil
}

// cells splits a line. Values of rows begin with a backtick each, so that a comma
// inside one does not split it; names of columns do not.
func cells(line string) []string {
	line = strings.TrimRight(line, "\r")
	if values, ok := strings.CutPrefix(line, "`"); ok {
		return strings.Split(values, ",`")
	}
	return strings.Split(line, ",")
}

type row struct {
	at     map[string]int
	values []string
}

func (r row) cell(name string) string { return strings.TrimSpace(r.values[r.at[name]]) }
