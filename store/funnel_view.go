package store

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// FunnelDays are the moments of whole days in Shanghai: since the first of them, until the
// last one is over. An empty last one is today. Invalid "bad_day" names the wrong field.
func FunnelDays(first, last string, now time.Time) (since, until time.Time, err error) {
	if last == "" {
		last = shanghaiDay(now)
	}
	if since, err = shanghaiMidnight("since", first); err != nil {
		return since, until, err
	}
	until, err = shanghaiMidnight("until", last)
	return since, until.AddDate(0, 0, 1), err
}

func shanghaiMidnight(field, day string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, shanghai)
	if err != nil {
		return at, &models.Error{
			Code: models.Invalid, Reason: "bad_day", Field: field, Message: "This is no day.",
			Fix: "Write it as 2026-05-01.",
		}
	}
	return at, nil
}

// FunnelStep is one step, how many came to it and how many of them not to the next.
type FunnelStep struct {
	Step  string `json:"step" enum:"made,opened,came_in,login_begun,logged_in,asked,paid"`
	Count int64  `json:"count"`
	Left  int64  `json:"left" doc:"Came to this step and not to the next; some may still."`
}

// Steps lists the steps in their order. Who is left at login_begun turned back at the login.
func (f Funnel) Steps() []FunnelStep {
	steps := []FunnelStep{
		{Step: "made", Count: f.Made}, {Step: "opened", Count: f.Opened}, {Step: "came_in", Count: f.CameIn},
		{Step: "login_begun", Count: f.LoginBegun}, {Step: "logged_in", Count: f.LoggedIn},
		{Step: "asked", Count: f.Asked}, {Step: "paid", Count: f.Paid},
	}
	for i := range len(steps) - 1 {
		steps[i].Left = steps[i].Count - steps[i+1].Count
	}
	return steps
}

// FunnelReport is how far friends came by the invites made on some days.
type FunnelReport struct {
	Steps      []FunnelStep `json:"steps" nullable:"false"`
	Newcomers  int64        `json:"newcomers" doc:"Logged in, and nobody knew them."`
	Known      int64        `json:"known" doc:"Logged in, and were known."`
	FriendsWon int64        `json:"friends_won" doc:"Payers whose first payment of all came by these."`
}

// Report is what is told of it.
func (f Funnel) Report() FunnelReport {
	return FunnelReport{Steps: f.Steps(), Newcomers: f.Newcomers, Known: f.Known, FriendsWon: f.FriendsWon}
}
