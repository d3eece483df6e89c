package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Paid is money that a payer gave, with what became of it.
type Paid struct {
	Request  models.Request // as it stands now; who asks for it shows of it what is the payer's own
	Number   string         // his attempt's
	Merchant string         // its name
	Asker    string         // the buyer's name, masked; empty where it is not told to friends unasked
	At       time.Time      // when it was paid
}

type paidRecord struct {
	Snapshot  models.Request `gorm:"serializer:json"`
	Number    string
	Merchant  string
	Asker     string
	NameCheck NameCheck
	At        time.Time
}

// PaidBy lists what a payer himself paid over all requests, newest first, at most limit (1 to 100, 20 when
// 0) after the cursor. A cursor that is none of ours is invalid "bad_cursor". What he paid for his own
// order as its buyer is not in it, and a forgotten payer has none.
func (s *Store) PaidBy(ctx context.Context, payer, cursor string, limit int) (Page[Paid], error) {
	// What is left out of an attempt that never heard when it was paid is the moment only.
	const query = `SELECT * FROM (SELECT r.snapshot, a.number, m.name AS merchant, o.buyer_name AS asker,
				p.name_check, coalesce(a.paid_at, a.state_since) AS at
			FROM attempts a JOIN requests r ON r.id = a.request_id JOIN orders o ON o.id = r.order_id
			JOIN merchants m ON m.id = r.merchant_id
			JOIN payers y ON y.id = a.payer_id AND y.forgotten_at IS NULL JOIN apps p ON p.id = r.app_id
			WHERE a.payer_id = @payer AND a.state = 'succeeded' AND NOT a.by_buyer) paid
		WHERE (at, number) < (@at, @number) ORDER BY at DESC, number DESC LIMIT @limit`
	at, number, err := readPaidCursor(cursor)
	if err != nil || payer == "" {
		return Page[Paid]{}, err
	}
	var rows []paidRecord
	err = s.read(ctx, &rows, query, map[string]any{
		"payer": payer, "at": at, "number": number, "limit": limited(limit) + 1,
	})
	lines := make([]Paid, 0, len(rows))
	for _, row := range rows {
		line := Paid{Request: row.Snapshot, Number: row.Number, Merchant: row.Merchant, At: row.At}
		if row.NameCheck != AlwaysCheck {
			line.Asker = row.Asker
		}
		lines = append(lines, line)
	}
	return paged(lines, limited(limit), Paid.cursor), failed("list what was paid", err)
}

// cursor names the line by its moment, in microseconds, and its number.
func (p Paid) cursor() string { return strconv.FormatInt(p.At.UnixMicro(), 10) + "-" + p.Number }

// readPaidCursor is the place after which a page begins; the empty cursor is before all.
func readPaidCursor(cursor string) (at time.Time, number string, err error) {
	if cursor == "" {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "", nil
	}
	moment, number, _ := strings.Cut(cursor, "-")
	micros, err := strconv.ParseInt(moment, 10, 64)
	if err != nil || micros < 0 || micros > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() ||
		len(number) != numberLength {
		return at, "", &models.Error{
			Code: models.Invalid, Reason: "bad_cursor", Field: "cursor", Message: "That is no cursor of this list.",
			Fix: "Send the next of the page before, or none.",
		}
	}
	return time.UnixMicro(micros).UTC(), number, nil
}

// numberLength is how long an attempt's number is, in characters.
const numberLength = 26
