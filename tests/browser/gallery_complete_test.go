package browser

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// missing lists what the pages know of and no state of the gallery shows.
func missing(states []state) (lacks []string) {
	shown := map[string]bool{}
	for _, s := range states {
		for _, what := range shownBy(s.page) {
			shown[what] = true
		}
	}
	for _, what := range allThereIs() {
		if !shown[what] {
			lacks = append(lacks, what)
		}
	}
	return lacks
}

// shownBy names what a page is an example of.
func shownBy(page web.Page) []string {
	what := []string{"page " + string(page.Template)}
	problem := func(p *web.Problem) {
		if p != nil {
			what = append(what, "refusal "+p.Reason)
		}
	}
	switch view := page.View.(type) {
	case web.Notice:
		what = append(what, "notice "+view.Name)
	case web.Link:
		problem(view.Problem)
	case web.Pay:
		problem(view.Problem)
	case web.Result:
		what = append(what, "outcome "+string(view.Outcome))
		for _, refund := range view.Refunds {
			what = append(what, "because "+refund.Why)
		}
	case web.ShopRequest:
		what = append(what, "state "+string(view.State))
		problem(view.Problem)
	case web.Receipt:
		for _, line := range view.Lines {
			what = append(what, "line "+line.Name)
		}
	}
	return what
}

// allThereIs names every page, notice, refusal, outcome, reason, line and state of the law.
func allThereIs() (all []string) {
	add := func(kind string, names ...string) {
		for _, name := range names {
			all = append(all, kind+" "+name)
		}
	}
	add("notice", web.Notices...)
	add("refusal", web.Reasons...)
	add("because", models.RefundReasons...)
	for _, s := range models.States {
		add("state", string(s))
	}
	for _, template := range templateNames() {
		add("page", template)
	}
	for _, key := range wordsOf("result.", ".title") {
		if key != "stranded" { // is said by a flag
			add("outcome", key)
		}
	}
	add("line", "paid", "refund_due", "refund_done", "refund_stuck")
	return all
}

// templateNames are the files that are pages of their own.
func templateNames() (names []string) {
	entries, err := os.ReadDir("../../web/templates")
	if err != nil {
		panic(err) // the tree is not a repository
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".html")
		if name != "base" && !strings.HasPrefix(name, "parts") {
			names = append(names, name)
		}
	}
	return names
}

// wordsOf is what stands between a beginning and an end in the keys of the translations: whatever has words
// may be shown.
func wordsOf(before, after string) (names []string) {
	for _, key := range keysOfWords() {
		middle, found := strings.CutPrefix(key, before)
		if middle, ends := strings.CutSuffix(middle, after); found && ends {
			names = append(names, middle)
		}
	}
	return names
}

func TestTheGalleryShowsAllThereIs(t *testing.T) {
	t.Parallel()
	require.Empty(t, missing(gallery()))
}

// A gallery that lacks one thing is told which.
func TestWhatTheGalleryLacksIsNamed(t *testing.T) {
	t.Parallel()
	for kind, dropped := range map[string]func(web.Page) bool{
		"page decline":  func(p web.Page) bool { return p.Template == web.DeclinePage },
		"notice outage": func(p web.Page) bool { v, is := p.View.(web.Notice); return is && v.Name == "outage" },
		"outcome held": func(p web.Page) bool {
			v, is := p.View.(web.Result)
			return is && v.Outcome == web.HeldBack
		},
		"state superseded": func(p web.Page) bool {
			v, is := p.View.(web.ShopRequest)
			return is && v.State == models.Superseded
		},
		"refusal code_wrong": func(p web.Page) bool {
			v, is := p.View.(web.Pay)
			return is && v.Problem != nil && v.Problem.Reason == "code_wrong"
		},
	} {
		var rest []state
		for _, s := range gallery() {
			if !dropped(s.page) {
				rest = append(rest, s)
			}
		}
		require.Contains(t, missing(rest), kind)
	}
}
