package unionpay

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// split cuts a row by bytes, since a character may have two. A blank must stand
// where one belongs: a row that is shifted would be read as other money. What
// follows the columns that we know was added since.
func split(line string, widths []int) ([]string, error) {
	if !isGBK(line) {
		return nil, errStatement
	}
	columns := make([]string, len(widths))
	at := 0
	for i, width := range widths {
		end := at + width
		if len(line) < end || len(line) > end && line[end] != ' ' {
			return nil, errStatement
		}
		columns[i] = strings.TrimSpace(line[at:end])
		at = end + 1
	}
	return columns, nil
}

func isGBK(line string) bool {
	if strings.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return true
	}
	text, err := simplifiedchinese.GBK.NewDecoder().String(line)
	return err == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// others are the types of transactions that are none of ours: authorisations and
// what completes or undoes them, collections, pay-outs, bills, transfers.
var others = strings.Fields(`02 03 11 12 13 14 21 22 32 33 72 73 74 75 76 77 78 79 94 95`)

// entry reads a row, and says whether it is money of this account. Rows of other
// merchants of a group, and of other products, are passed over; a type that nobody
// knows is not, since it could hide money.
func (a *Adapter) entry(columns []string, day time.Time) (entry providers.Entry, ours bool, err error) {
	kind := columns[colType]
	back := kind == typeRefund || kind == typeUndo
	switch {
	case !merForm.MatchString(columns[colMerchant]):
		return entry, false, errStatement
	case columns[colMerchant] != a.MerID, slices.Contains(others, kind):
		return entry, false, nil
	case kind != "01" && !back, !queryForm.MatchString(columns[colQuery]):
		return entry, false, errStatement
	}
	entry = providers.Entry{
		Kind: providers.CaptureEntry, Number: columns[colOrder], Transaction: columns[colQuery],
	}
	if back {
		entry.Kind, entry.Refund, entry.Number = providers.RefundEntry, columns[colOrder], payment(columns)
	}
	if entry.At, err = near(columns[colTime], day.Add(12*time.Hour)); err != nil {
		return entry, false, errStatement
	}
	amount, err := signedFen("D" + columns[colAmount])
	if err != nil || columns[colOrder] == "" {
		return entry, false, errStatement
	}
	fee, err := signedFen(columns[colFee])
	entry.Amount, entry.Fee = models.CNY(amount), models.CNY(fee)
	return entry, true, err
}

// payment is the number that a refund was asked for with: it stands in the reserved
// column, as it was sent. A refund that somebody made elsewhere has none.
func payment(columns []string) string {
	if number := columns[colReserved]; numberForm.MatchString(number) {
		return number
	}
	return ""
}

var signedForm = regexp.MustCompile(`^([CD])([0-9]{12})$`)

// signedFen reads an amount with its side: D is what the merchant is debited with,
// C what it is credited with, which for a fee is less than none.
func signedFen(text string) (int64, error) {
	parts := signedForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, errStatement
	}
	fen, err := strconv.ParseInt(parts[2], 10, 64)
	if parts[1] == "C" {
		fen = -fen
	}
	return fen, err
}
