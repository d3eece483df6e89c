package console_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
	"github.com/friendpay/friendpay/web/console"
)

var anna = console.Who{Name: "anna", Role: "agent", Form: "f0rm"}

// pages holds every page in each of its situations.
func pages() map[string]console.Page {
	return map[string]console.Page{
		"queue": {Template: console.QueuePage, Who: anna, At: "queue", Live: "/staff/live", View: console.Queue{
			All: 2, Reasons: "payment_unknown", Next: "/staff?cursor=2",
			Chips: []console.Chip{{
				Reason: "payment_unknown", Words: "不明", Count: 2, Oldest: 50 * time.Hour, On: true, Address: "/staff",
			}},
			Saved: []console.Saved{{Name: "夜班", Address: "/staff?severity=act"}},
			Rows: []console.StuckRow{
				{Request: "fpr_1", App: "app_tea", State: "paying", Reason: "payment_unknown", Severity: "act",
					Subject: "01H", Age: time.Hour, NextIn: time.Minute, Step: "requery", StepSubject: "01H", May: true},
				{Reason: "temporal_down", Severity: "watch", Subject: "temporal", Age: time.Second},
			},
		}},
		"queue_empty": {Template: console.QueuePage, Who: anna, At: "queue", View: console.Queue{}},
	}
}

func TestEveryPageIsDrawnInEveryLanguage(t *testing.T) {
	t.Parallel()
	drawn, err := console.New()
	require.NoError(t, err)
	for name, page := range pages() {
		for _, locale := range web.Locales {
			html, err := drawn.HTML(locale, page)
			require.NoError(t, err, "%s in %s", name, locale)
			text := string(html)
			require.Contains(t, text, `lang="`+string(locale)+`"`)
			require.NotRegexp(t, `<script[^>]*>[^<]|style="|\son\w+="`, text, "inline code, which the policy forbids")
			require.NotRegexp(t, `(src|href)="(https?:)?//`, text, "an asset from elsewhere")
			posts := regexp.MustCompile(`<form[^>]*method="post"[^>]*>`).FindAllStringIndex(text, -1)
			for _, at := range posts {
				require.Regexp(t, `^\s*<input type="hidden" name="form" value="f0rm">`, text[at[1]:], name)
			}
			keep(t, name+"."+string(locale), html)
		}
	}
}

// keep leaves the pages where PAGES_DIR says, to be looked at; the test itself needs none of it.
func keep(t *testing.T, name string, html []byte) {
	t.Helper()
	if dir := os.Getenv("PAGES_DIR"); dir != "" {
		require.NoError(t, os.WriteFile(dir+"/"+name+".html", html, 0o600))
	}
}

func keys(t *testing.T, locale web.Locale) map[string]string {
	t.Helper()
	content, err := os.ReadFile("translations/" + string(locale) + ".json")
	require.NoError(t, err)
	found := map[string]string{}
	require.NoError(t, json.Unmarshal(content, &found))
	return found
}

func TestTranslationsHaveTheSameKeysAndSlots(t *testing.T) {
	t.Parallel()
	slot := regexp.MustCompile(`{{\.\w+}}`)
	chinese, english := keys(t, web.Chinese), keys(t, web.English)
	require.Len(t, english, len(chinese))
	for key, text := range chinese {
		require.Contains(t, english, key)
		require.NotEmpty(t, text)
		require.ElementsMatch(t, slot.FindAllString(text, -1), slot.FindAllString(english[key], -1), key)
	}
}
