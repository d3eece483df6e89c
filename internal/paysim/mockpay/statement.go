package mockpay

import (
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// statementPage is how many lines one answer holds.
const statementPage = 1000

type statementView struct {
	Day   string `json:"day"`
	Lines []line `json:"lines"`
	Next  int    `json:"next,omitempty"` // pass as ?after= for the rest; absent at the end
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
	p.mu.Lock()
	defer p.mu.Unlock()
	view := statementView{Day: day.Format(time.DateOnly), Lines: []line{}}
	for i := after; i < len(p.lines); i++ {
		l := p.lines[i]
		if l.merchant != c.account.Merchant || l.At.Before(day) || !l.At.Before(day.AddDate(0, 0, 1)) {
			continue
		}
		if len(view.Lines) == statementPage {
			view.Next = i
			break
		}
		view.Lines = append(view.Lines, l)
	}
	return answer{http.StatusOK, view}
}
