package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
)

// noon is twelve in Shanghai.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func due(kind notify.Kind, change func(*notify.Standing)) notify.Standing {
	s := notify.Standing{
		Kind: kind, State: models.Open, Ends: noon.Add(time.Hour), Last: noon.Add(50 * time.Minute), Links: 1,
		Speed: 1, People: []notify.Person{{ID: "pay_1"}},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func TestJudge(t *testing.T) {
	t.Parallel()
	night := noon.Add(10 * time.Hour)
	friend := notify.Verdict{People: []string{"pay_1"}}
	toldOr := notify.Verdict{Why: "told_or_pledged"}
	for name, c := range map[string]struct {
		standing notify.Standing
		now      time.Time
		want     notify.Verdict
	}{
		"half":                                 {due(notify.ReminderHalf, nil), noon, friend},
		"last":                                 {due(notify.ReminderLast, nil), noon, friend},
		"pledge":                               {due(notify.ReminderPledge, pledged), noon, friend},
		"who pledged hears of his pledge only": {due(notify.ReminderHalf, pledged), noon, toldOr},
		"and the others of theirs": {due(notify.ReminderHalf, func(s *notify.Standing) {
			s.People = append(s.People, notify.Person{ID: "pay_2", Pledged: true})
		}), noon, friend},
		"twice already":   {due(notify.ReminderLast, told(2)), noon, toldOr},
		"once already":    {due(notify.ReminderLast, told(1)), noon, friend},
		"of this already": {due(notify.ReminderHalf, heard), noon, toldOr},
		"nobody known":    {due(notify.ReminderHalf, nobody), noon, notify.Verdict{Buyer: true}},
		"nobody known who pledged": {due(notify.ReminderHalf, func(s *notify.Standing) {
			nobody(s)
			s.Promised = true
		}), noon, toldOr},
		"the buyer twice": {due(notify.ReminderLast, buyerTold(2)), noon, toldOr},
		"no link left":    {due(notify.ReminderHalf, linkless), noon, dropped("no_link")},
		"late":            {due(notify.ReminderHalf, nil), noon.Add(51 * time.Minute), dropped("overtaken")},
		"too late":        {due(notify.ReminderLast, nil), noon.Add(time.Hour), dropped("ended")},
		"paid":            {due(notify.ReminderHalf, in(models.Settled)), noon, dropped("paid")},
		"being applied":   {due(notify.ReminderHalf, in(models.Applying)), noon, dropped("paid")},
		"ended":           {due(notify.ReminderHalf, in(models.Expired)), noon, dropped("ended")},
		"closing":         {due(notify.ReminderHalf, in(models.Closing)), noon, dropped("ended")},
		"somebody pays": {due(notify.ReminderHalf, in(models.Paying)), noon,
			notify.Verdict{Why: "slot_taken", Wait: noon.Add(time.Minute)}},
		"somebody pays, faster": {due(notify.ReminderHalf, func(s *notify.Standing) {
			s.State, s.Speed = models.Paused, 60
		}), noon, notify.Verdict{Why: "slot_taken", Wait: noon.Add(time.Second)}},
		"at night": {due(notify.ReminderPledge, ends(night.Add(24*time.Hour))), night,
			notify.Verdict{Why: "quiet", Wait: noon.Add(20 * time.Hour)}},
		"over by the morning": {due(notify.ReminderPledge, ends(noon.Add(20*time.Hour))), night, dropped("quiet")},
	} {
		got := notify.Judge(c.standing, nights, c.now)
		require.True(t, c.want.Wait.Equal(got.Wait), "%s: %s", name, got.Wait)
		got.Wait = c.want.Wait
		require.Equal(t, c.want, got, name)
	}
}

func nobody(s *notify.Standing)   { s.People = nil }
func pledged(s *notify.Standing)  { s.People[0].Pledged = true }
func heard(s *notify.Standing)    { s.People[0].Heard = true }
func linkless(s *notify.Standing) { s.Links = 0 }

func told(times int) func(*notify.Standing) {
	return func(s *notify.Standing) { s.People[0].Told = times }
}

func buyerTold(times int) func(*notify.Standing) {
	return func(s *notify.Standing) { nobody(s); s.Buyer.Told = times }
}

func ends(at time.Time) func(*notify.Standing) {
	return func(s *notify.Standing) { s.Ends = at }
}

func dropped(why string) notify.Verdict { return notify.Verdict{Why: why} }

func in(state models.State) func(*notify.Standing) {
	return func(s *notify.Standing) { s.State = state }
}
