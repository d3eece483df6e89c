package browser

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

// out is where pictures go, to be looked at.
const out = "out"

// Every state in both languages and both lights: a picture, and nothing that offends.
func TestEveryStateOfEveryPage(t *testing.T) {
	t.Parallel() // beside those that mostly wait, and have no house with it in common
	s, browser := newStage(t, gallery()), newBrowser(t)
	var found faults
	look := func(tab *screen, j job) error { return tab.lookAt(s, j, &found) }
	inTabs(t, 2, func() *screen { return newScreen(browser, t) }, jobsOf(gallery()), look)
	hangUp(t, newScreen(browser, t), topics())
	found.report(t)
}

// job is one state in one language.
type job struct {
	state

	locale web.Locale
}

func jobsOf(states []state) []job {
	var jobs []job
	for _, one := range states {
		for _, locale := range web.Locales {
			jobs = append(jobs, job{state: one, locale: locale})
		}
	}
	return jobs
}

// inTabs does all jobs in so many tabs at a time.
func inTabs(t *testing.T, tabs int, open func() *screen, jobs []job, do func(*screen, job) error) {
	t.Helper()
	waiting := make(chan job, len(jobs))
	for _, j := range jobs {
		waiting <- j
	}
	close(waiting)
	var all sync.WaitGroup
	for range tabs {
		tab := open()
		all.Go(func() {
			for j := range waiting {
				if err := do(tab, j); err != nil {
					t.Errorf("%s in %s: %v", j.name, j.locale, err)
				}
			}
		})
	}
	all.Wait()
	require.Empty(t, waiting, "states that nobody looked at")
}

// lookAt looks at one state by day and by night, on a narrow screen, and with letters twice as large.
func (s *screen) lookAt(on *stage, j job, all *faults) error {
	where := j.name + "/" + string(j.locale)
	look := func(light, call string) error {
		found, err := s.finds(call)
		all.add(where+light, found)
		return err
	}
	picture := func(light string) string {
		return filepath.Join(out, string(j.locale)+"-"+light, j.name+".png")
	}
	return inOrder(
		func() error { return s.light("light") },
		func() error { return s.open(on.address("now", j.locale, j.name)) },
		func() error { return look("", s.pageCheck(j.locale, j.page.View)) },
		func() error { return look("/light", "axe()") },
		func() error { return s.keep(picture("light")) },
		func() error { return s.light("dark") },
		func() error { return look("/dark", "axeOfColours()") },
		func() error { return s.keep(picture("dark")) },
		func() error { return s.does("unfold()") },
		func() error { return look("/unfolded", s.pageCheck(j.locale, j.page.View)) },
		func() error { return s.size(narrow) },
		func() error { return look("/320", "firm(320)") },
		func() error { return s.size(phoneWide) },
		func() error { return s.does("enlarge(2)") },
		func() error { return look("/large", "firm(390)") },
	)
}

// inOrder takes steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
