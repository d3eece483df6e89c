package notify_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
)

var update = flag.Bool("update", false, "write the golden texts")

func facts() notify.Facts {
	return notify.Facts{
		Amount: models.CNY(12900), Request: "fpr_01ABCDEF",
		Until: time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC),
	}
}

// address is what no text may hold.
var address = regexp.MustCompile(`(?i)://|www\.|\.(cn|com|net)|[/@]`)

// What each kind says in each language, by text and by template, is looked at by a person when it changes.
func TestGoldenTexts(t *testing.T) {
	t.Parallel()
	shelf, err := notify.ReadShelf(notify.Usual(notify.Languages...))
	require.NoError(t, err)
	var out strings.Builder
	for _, kind := range notify.Kinds {
		for _, language := range notify.Languages {
			template, known := notify.Find(kind, language)
			require.True(t, known)
			require.Equal(t, language, template.Language, "%s in %s", kind, language)
			words, err := template.Fill(facts())
			require.NoError(t, err)
			require.NotContains(t, words.Text, "{")
			require.NotRegexp(t, address, words.Text)
			row, known := shelf.Find("wx_any", kind, language)
			require.True(t, known)
			values, err := row.Fill(facts())
			require.NoError(t, err)
			fmt.Fprintf(&out, "%s %s %s\n  sms    %s\n", kind, language, urgent(kind), words.Text)
			fmt.Fprintf(&out, "  wechat %s %v\n", row.ID, values)
		}
	}
	const golden = "testdata/texts.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

func urgent(kind notify.Kind) string {
	if kind.Urgent() {
		return "at any hour"
	}
	return "not at night"
}

func TestChineseTextsHoldNoEnglish(t *testing.T) {
	t.Parallel()
	for _, template := range notify.Templates {
		plain := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(template.Text, "")
		if template.Language == notify.Chinese {
			require.NotRegexp(t, `[A-Za-z]`, plain)
		} else {
			require.NotRegexp(t, `\p{Han}`, plain)
		}
		for _, field := range template.Fields {
			if template.Language == notify.English || field != notify.Currency {
				require.Contains(t, template.Text, "{"+string(field)+"}")
			}
		}
	}
}

func TestAMessageThatLacksAFieldIsRefused(t *testing.T) {
	t.Parallel()
	template, _ := notify.Find(notify.ReminderLast, notify.English)
	for name, spoil := range map[string]func(*notify.Facts){
		"amount":  func(f *notify.Facts) { f.Amount = models.Money{} },
		"until":   func(f *notify.Facts) { f.Until = time.Time{} },
		"request": func(f *notify.Facts) { f.Request = "" },
	} {
		f := facts()
		spoil(&f)
		_, err := template.Fill(f)
		require.ErrorIs(t, err, notify.ErrWords, name)
	}
}

func TestAMessageThatLeadsSomewhereIsRefused(t *testing.T) {
	t.Parallel()
	template, _ := notify.Find(notify.MoneyReceived, notify.Chinese)
	for _, value := range []string{
		"https://pay.example", "HTTP://x", "weixin://dl", "www.pay", "pay.example", "支付.中国", "a。cn", "pay．cn/f",
		"1.2.3.4", "x@y", `\\host`, "a/b", "t.cn",
	} {
		f := facts()
		f.Request = value
		_, err := template.Fill(f)
		require.ErrorIs(t, err, notify.ErrWords, value)
		require.NotContains(t, err.Error(), value)
	}
}

// nights are the quiet hours unless an operator sets others.
var nights = notify.Hours{From: 22 * time.Hour, Until: 8 * time.Hour}

func TestNight(t *testing.T) {
	t.Parallel()
	at := func(day, hour, minute, second int) time.Time { // in Shanghai
		return time.Date(2026, 11, day, hour-8, minute, second, 0, time.UTC)
	}
	for _, c := range []struct {
		now, over time.Time
		quiet     bool
	}{
		{at(22, 21, 59, 59), time.Time{}, false}, {at(22, 22, 0, 0), at(23, 8, 0, 0), true},
		{at(22, 23, 59, 59), at(23, 8, 0, 0), true}, {at(23, 0, 0, 0), at(23, 8, 0, 0), true},
		{at(23, 7, 59, 59), at(23, 8, 0, 0), true}, {at(23, 8, 0, 0), time.Time{}, false},
		{at(30, 22, 0, 0), at(31, 8, 0, 0), true}, // over the end of a month
	} {
		over, quiet := nights.Over(c.now)
		require.Equal(t, c.quiet, quiet, c.now)
		if c.quiet {
			require.True(t, c.over.Equal(over), "%s: %s", c.now, over)
		}
	}
	noon, err := notify.ReadHours("12:00-14:00")
	require.NoError(t, err)
	for hour, want := range map[int]bool{11: false, 12: true, 13: true, 14: false, 23: false} {
		_, quiet := noon.Over(at(22, hour, 0, 0))
		require.Equal(t, want, quiet, hour)
	}
	none, err := notify.ReadHours("none")
	require.NoError(t, err)
	_, quiet := none.Over(at(22, 3, 0, 0))
	require.False(t, quiet)
	for _, wrong := range []string{"", "22-8", "22:00", "25:00-08:00"} {
		_, err := notify.ReadHours(wrong)
		require.Error(t, err, wrong)
	}
}

func TestOnlyMoneyIsToldAtNight(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	for _, kind := range notify.Kinds {
		_, waits := nights.Wait(kind, night)
		require.Equal(t, kind.Reminds() || kind == notify.Thanks, waits, kind)
		back, known := notify.KindOf(kind.Type())
		require.True(t, known)
		require.Equal(t, kind, back)
	}
}

func TestShelves(t *testing.T) {
	t.Parallel()
	shelf, err := notify.ReadShelf([]string{
		"reminder_half/zh-CN=Tpl_all", "wx_1/reminder_half/en=Tpl_1:amount=amount3;until=time2",
	})
	require.NoError(t, err)
	row, known := shelf.Find("wx_1", notify.ReminderHalf, notify.English)
	require.True(t, known)
	values, err := row.Fill(facts())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"amount3": "129.00", "time2": "2026-11-23 00:30"}, values)
	row, known = shelf.Find("wx_2", notify.ReminderHalf, notify.English)
	require.True(t, known, "in Chinese rather than not at all")
	require.Equal(t, "Tpl_all", row.ID)
	_, known = shelf.Find("wx_1", notify.MoneyReceived, notify.Chinese)
	require.False(t, known)
	for _, wrong := range []string{
		"", "reminder_half=T", "a/b/c/d=T", "nothing/zh-CN=T", "reminder_half/fr=T", "reminder_half/en=",
		"reminder_half/en=T:phone=x", "reminder_half/en=T:amount=", "reminder_half/en=http://x",
	} {
		_, err := notify.ReadShelf([]string{wrong})
		require.Error(t, err, wrong)
	}
}
