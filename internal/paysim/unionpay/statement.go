package unionpay

import (
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// statement makes the file of a clearing day. Unless the simulator is strict,
// today's file tells what happened so far: nobody waits for tomorrow in a demo.
func (p *Provider) statement(c *call) (fields, *failure) {
	day, known := p.clearingDay(c.form["settleDate"])
	if !known || c.rule.Mode == faults.Missing || c.rule.Mode == faults.Making {
		return nil, errNoFile
	}
	lines := p.linesOf(c.merchant, day)
	if len(lines) == 0 && c.rule.Mode != faults.ExtraRow {
		return nil, errNoFile
	}
	return c.pack(day, faults.Distort(c.rule, lines, faults.Rows[line]{
		Number: line.number, Amount: func(l *line) *int64 { return &l.minor },
		Fee:     func(l *line) *int64 { return &l.fee },
		Phantom: func() line { return phantom(c.merchant, day, c.rule) },
	})), nil
}

// askedDay is the day of a statement as a fault rule may name it.
func (p *Provider) askedDay(c *call) string {
	day, _ := p.clearingDay(c.form["settleDate"]) // an unknown one is nobody's
	return day.Format(time.DateOnly)
}

// clearingDay is the latest day with that month and day: files are kept for a year.
func (p *Provider) clearingDay(monthDay string) (time.Time, bool) {
	today := settleDay(p.deps.Pace.Now())
	for _, year := range []int{today.Year(), today.Year() - 1} {
		day, err := time.ParseInLocation("20060102", number(int64(year))+monthDay, desk.Shanghai)
		switch {
		case err != nil, day.After(today):
			continue
		case p.deps.Strict && day.Equal(today):
			return day, false
		}
		return day, true
	}
	return time.Time{}, false
}
