package browser

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
)

var update = flag.Bool("update", false, "write what pages are read as anew, to testdata")

// focused is what has the focus, and whether one sees that it has.
type focused struct {
	What  string  `json:"what"`
	Top   float64 `json:"top"`
	Left  float64 `json:"left"`
	Line  string  `json:"line"` // the outline's style
	Width string  `json:"width"`
}

// tabsTo goes on from control to control until the one it wants, each of them seen to have the focus and
// standing after the one before it.
func (v *visit) tabsTo(selector string) {
	v.t.Helper()
	const script = `(() => {
		const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
		return {what: e.matches("%") ? "there" : e.outerHTML.slice(0, 90),
			top: b.top + scrollY, left: b.left, line: s.outlineStyle, width: s.outlineWidth} })()`
	var last focused
	for range 20 {
		v.do(chromedp.KeyEvent(kb.Tab), "pressing Tab")
		at, err := chromedp.Run(v.tab, chromedp.Evaluate[focused](strings.ReplaceAll(script, "%", selector)))
		require.NoError(v.t, err)
		require.NotEqual(v.t, "none", at.Line, "the focus is seen on %s", at.What)
		require.NotEqual(v.t, "0px", at.Width, "the focus is seen on %s", at.What)
		later := at.Top > last.Top || at.Top == last.Top && at.Left > last.Left || last.What == ""
		require.True(v.t, later, "%s comes after %s, and stands before it", at.What, last.What)
		if last = at; at.What == "there" {
			return
		}
	}
	require.Fail(v.t, "no Tab leads there", selector)
}

// enter presses the control that has the focus, and waits for the page it leads to.
func (v *visit) enter() {
	v.t.Helper()
	v.mark()
	v.do(chromedp.KeyEvent(kb.Enter), "pressing Enter")
	v.sees(nextPage)
}

// A friend who has a keyboard only gets from the link to the cashier, in the order in which he reads.
func TestAFriendPaysByKeyboardAlone(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend, own := visitAs(t, house, testkit.Person{Agent: onPhone, Language: "zh-CN", Desk: true}), ownPhone()
	friend.open(newVisit(t, house).ask())
	friend.sees("form.choices button.main")
	friend.tabsTo("form.choices button[value=alipay_wap]")
	friend.enter()
	friend.sees("input[name=phone]:focus") // where one goes on typing
	friend.do(chromedp.KeyEvent(own), "typing")
	friend.tabsTo("form[action='/pay/code'] button")
	friend.enter()
	friend.sees("input[name=code]:focus")
	friend.do(chromedp.KeyEvent(friend.code(own)), "typing")
	friend.enter() // as the key beside the digits does: it logs in, and asks for no other code
	friend.sees(anyWay)
	friend.tabsTo(anyWay)
	friend.enter()
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
}

// What a screen reader is told of the pages of the main journey, from top to bottom.
func TestPagesAreReadAsTheyLook(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend, own := newVisit(t, house), ownPhone()
	friend.open(newVisit(t, house).ask())
	friend.sees("form.choices button.main")
	friend.reads("link")
	friend.turn("form.choices button[value=alipay_wap]")
	friend.sees("input[name=phone]")
	friend.reads("login")
	friend.login(own)
	friend.reads("pay")
	friend.press(payButton)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	friend.reads("result")
}

// reads holds the accessibility tree against what is kept of it.
func (v *visit) reads(page string) {
	v.t.Helper()
	tree, err := chromedp.Call(v.tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(v.t, err)
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, node := range tree.Nodes {
		nodes[node.NodeID] = node
	}
	lines := readFrom(tree.Nodes[0], nodes)
	got := strings.Join(lines, "\n") + "\n"
	file := filepath.Join("testdata", "read", page+".txt")
	if *update {
		require.NoError(v.t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(v.t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(v.t, err)
	require.Equal(v.t, string(want), got, "read anew: go test ./tests/browser -run PagesAreRead -update")
}

// wholes are what is read as one: what is in them has been said by their name.
var wholes = []string{"heading", "button", "link", "textbox", "StaticText", "image"}

// readFrom lists what is read from a node on, in the page's order: role and name.
func readFrom(node *accessibility.Node, nodes map[accessibility.NodeID]*accessibility.Node) (lines []string) {
	role, name := said(node.Role), strings.TrimSpace(said(node.Name))
	if !node.Ignored && name != "" && role != "LabelText" {
		lines = append(lines, role+": "+steady(name))
	}
	if !node.Ignored && slices.Contains(wholes, role) {
		return lines
	}
	for _, id := range node.ChildIDs {
		if child := nodes[id]; child != nil {
			lines = append(lines, readFrom(child, nodes)...)
		}
	}
	return lines
}

// said is the text of an accessibility value, "" for none.
func said(value *accessibility.Value) string {
	if value == nil {
		return ""
	}
	return unquoted(value.Value)
}

// steady takes out what is another each time: clocks, dates and numbers of payments.
func steady(name string) string {
	for _, changing := range []struct{ form, as string }{
		{`\d{4}-\d\d-\d\d \d\d:\d\d`, "(moment)"}, {`\d+:\d\d`, "(clock)"}, {`[0-9A-Z]{26}`, "(number)"},
		{`137\d* ?\*+ ?\d+`, "(phone)"},
	} {
		name = regexp.MustCompile(changing.form).ReplaceAllString(name, changing.as)
	}
	return name
}

func unquoted(value []byte) string {
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return string(value)
	}
	return text
}
