package mockpay

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

const (
	// statementPage is how many lines one answer holds.
	statementPage = 1000
	// making is how long a statement that is not there takes, unscaled.
	making = 30 * time.Minute
)

// inGBK is no JSON: the first letters of a bill from another house.
const inGBK = "\xbd\xbb\xd2\xd7\xca\xb1\xbc\xe4,"

type statementView struct {
	Day   string `json:"day"`
	Lines []line `json:"lines"`
	Next  int    `json:"next,omitempty"` // pass as ?after= for the rest; absent at the end
}

// line is one line of a statement.
type line struct {
	merchant    string
	Kind        string    `json:"kind"` // capture or refund
	Number      string    `json:"number"`
	Refund      string    `json:"refund,omitempty"`
	Transaction string    `json:"transaction"`
	Amount      money     `json:"amount"`
	Fee         money     `json:"fee"` // of a refund: below zero, what comes back
	At          time.Time `json:"at"`
}

// fee is 0.6 percent of an amount, rounded half up to fen.
func fee(minor int64) int64 { return (minor*6 + 500) / 1000 }

// enter writes the statement's line for an entry that moved money.
func (p *Provider) enter(entry journal.Entry) {
	l := line{
		merchant: entry.Account, Number: entry.Number, Refund: entry.Refund,
		Amount: money{entry.Minor, entry.Currency}, Fee: money{fee(entry.Minor), entry.Currency}, At: entry.At,
	}
	switch entry.Kind {
	case "captured":
		captures := p.orders[entry.Number].Captures
		l.Kind, l.Transaction, l.At = "capture", captures[len(captures)-1].Transaction, captures[len(captures)-1].At
	case "refund_done":
		r := p.refunds[entry.Refund]
		l.Kind, l.Transaction, l.At, l.Fee.Minor = "refund", r.Transaction, r.DoneAt, -l.Fee.Minor
	default:
		return
	}
	p.lines = append(p.lines, l)
}

// statement lists what moved on a day in Shanghai, oldest first, a page at a time.
func (p *Provider) statement(c *call) answer {
	day, err := time.ParseInLocation(time.DateOnly, c.request.PathValue("day"), desk.Shanghai)
	if err != nil {
		return invalid("the day is written 2006-01-02").answer()
	}
	after := 0
	if text := c.request.URL.Query().Get("after"); text != "" {
		if after, err = strconv.Atoi(text); err != nil || after < 0 {
			return invalid("after is a number").answer()
		}
	}
	switch c.rule.Mode {
	case faults.Missing:
		return p.later("STATEMENT_MISSING", http.StatusNotFound)
	case faults.Making:
		return p.later("STATEMENT_CREATING", http.StatusConflict)
	default: // the others spoil its rows or its bytes
	}
	view := p.page(c.account.Merchant, day, after)
	view.Lines = spoiled(view.Lines, day, after == 0, c.rule)
	return answer{http.StatusOK, view}
}

// later says that there is no statement now, and when to ask again.
func (p *Provider) later(code string, status int) answer {
	refusal := fail(status, code, "the statement is not there")
	refusal.RetryAfter = max(1, int(p.deps.Pace.Scale(making).Seconds()))
	return refusal.answer()
}

func (p *Provider) page(merchant string, day time.Time, after int) statementView {
	p.mu.Lock()
	defer p.mu.Unlock()
	view := statementView{Day: day.Format(time.DateOnly), Lines: []line{}}
	for i := after; i < len(p.lines); i++ {
		l := p.lines[i]
		if l.merchant != merchant || l.At.Before(day) || !l.At.Before(day.AddDate(0, 0, 1)) {
			continue
		}
		if len(view.Lines) == statementPage {
			view.Next = i
			break
		}
		view.Lines = append(view.Lines, l)
	}
	return view
}

// spoiled changes a row of a page as the rule says. Where the rule names none, the
// day's first is meant; a phantom stands on the first page.
func spoiled(lines []line, day time.Time, first bool, rule faults.Rule) []line {
	if rule.Mode == faults.ExtraRow && first {
		minor := cmp.Or(rule.Minor, 100)
		return append(lines, line{
			Kind: "capture", Number: cmp.Or(rule.Number, rand.Text()[:26]), Transaction: "mp_" + random(12),
			Amount: money{minor, "CNY"}, Fee: money{fee(minor), "CNY"}, At: day.Add(12 * time.Hour).UTC(),
		})
	}
	i := slices.IndexFunc(lines, func(l line) bool {
		return rule.Number == "" && first || rule.Number != "" && rule.Number == cmp.Or(l.Refund, l.Number)
	})
	if i < 0 {
		return lines
	}
	switch rule.Mode {
	case faults.MissingRow:
		return slices.Delete(lines, i, i+1)
	case faults.WrongAmount:
		lines[i].Amount.Minor = cmp.Or(rule.Minor, lines[i].Amount.Minor+1)
	case faults.WrongFee:
		if lines[i].Kind == "refund" {
			lines[i].Fee.Minor = -rule.FeeFor(-lines[i].Fee.Minor)
			break
		}
		lines[i].Fee.Minor = rule.FeeFor(lines[i].Fee.Minor)
	default: // the other modes leave the rows as they are
	}
	return lines
}
