package api

import (
	"strconv"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// quarters are when people have a hand free to pay, after midnight by our readers' clocks: before work, at
// noon, after work, in the evening.
var quarters = []time.Duration{
	8*time.Hour + 30*time.Minute, 12*time.Hour + 30*time.Minute, 18*time.Hour + 30*time.Minute,
	20*time.Hour + 30*time.Minute, 21*time.Hour + 30*time.Minute,
}

const (
	momentsOffered = 3
	momentAfter    = 40 * time.Minute // what is nearer is said in minutes
	momentBefore   = 10 * time.Minute // before the end there is time to pay
)

// momentsToPay are the next times by the clock at which a friend may say that he pays: today's and
// tomorrow's, well before the request ends. now is a whole minute, so that the minutes until then are whole.
func momentsToPay(now, end time.Time) (offered []web.Moment) {
	here := now.In(models.Shanghai)
	today := time.Date(here.Year(), here.Month(), here.Day(), 0, 0, 0, 0, models.Shanghai)
	for day := range 2 {
		for _, quarter := range quarters {
			at := today.AddDate(0, 0, day).Add(quarter)
			left := at.Sub(now)
			if left < momentAfter || at.After(end.Add(-momentBefore)) || len(offered) == momentsOffered {
				continue
			}
			offered = append(offered, web.Moment{At: at, Minutes: int(left / time.Minute), Tomorrow: day > 0})
		}
	}
	return offered
}

// pageTime is when a page was drawn that a form says it is of, in Unix seconds: minutes by the clock are
// counted from then. A form that does not say, or says nonsense, counts from now.
func (s *Server) pageTime(since string) time.Time {
	now := s.Clock()
	seconds, err := strconv.ParseInt(since, 10, 64)
	at := time.Unix(seconds, 0)
	if err != nil || at.After(now) || now.Sub(at) > longestPledge*time.Minute {
		return now
	}
	return at
}
