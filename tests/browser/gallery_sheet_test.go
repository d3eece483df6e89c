package browser

import (
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// sides are the four ways in which each state is seen.
var sides = []string{"zh-CN-light", "zh-CN-dark", "en-light", "en-dark"}

// A picture of the contact sheet shows so many states, each by day in Chinese and by night in English; so
// many states a row, on a page so many pixels wide.
const (
	statesOfPicture = 12
	statesOfRow     = 3
	sheetWide       = 1980
)

var sheet = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><meta charset="utf-8">
<title>{{.Title}}</title><style>
body { font: 14px system-ui, sans-serif; margin: 12px; background: #888; color: #000; }
h2 { margin: 16px 0 4px; }
section { display: grid; grid-template-columns: repeat({{.Columns}}, 1fr); gap: 12px; }
figure { margin: 0; display: flex; flex-wrap: wrap; gap: 4px; align-items: flex-start; }
figcaption { width: 100%; font-weight: 600; background: #fff; padding: 2px 4px; }
img { width: calc((100% - {{.Gaps}}px) / {{.Each}}); } </style>
{{range .Groups}}<h2>{{.Name}}</h2><section>{{range .States}}<figure id="{{.}}"><figcaption>{{.}}</figcaption>
{{$name := .}}{{range $.Sides}}<img src="{{$.Root}}{{.}}/{{$name}}.png" alt="{{.}}" {{$.Loading}}>
{{end}}</figure>{{end}}</section>{{end}}</html>`))

// album is what a sheet is drawn from.
type album struct {
	Title   string
	Groups  []albumGroup
	Sides   []string
	Columns int
	Root    string
	Loading template.HTMLAttr
}

type albumGroup struct {
	Name   string
	States []string
}

// Each is how many pictures of one state stand in a row, and Gaps what lies between them.
func (a album) Each() int { return len(a.Sides) }

// Gaps is what lies between the pictures of one state, in pixels.
func (a album) Gaps() int { return 4 * (len(a.Sides) - 1) }

func (a album) html(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, sheet.Execute(&text, a))
	return text.String()
}

// hangUp makes the contact sheet of the pictures in out: index.html for a browser, and pictures of a dozen
// states each, contact-{topic}-{n}.png.
func hangUp(t *testing.T, tab *screen, topics []topic) {
	t.Helper()
	all := album{Title: "Every state of every page", Sides: sides, Columns: 1, Loading: `loading="lazy"`}
	pictures := map[string]album{}
	for _, one := range topics {
		group := albumGroup{Name: one.name}
		for _, s := range one.states {
			group.States = append(group.States, s.name)
		}
		all.Groups = append(all.Groups, group)
		for i := 0; i < len(group.States); i += statesOfPicture {
			few := group.States[i:min(i+statesOfPicture, len(group.States))]
			pictures[fmt.Sprintf("contact-%s-%d", one.name, i/statesOfPicture+1)] = album{
				Groups: []albumGroup{{Name: one.name, States: few}}, Sides: []string{"zh-CN-light", "en-dark"},
				Columns: statesOfRow, Root: "/",
			}
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(out, "index.html"), []byte(all.html(t)), 0o600))
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(out)))
	mux.HandleFunc("/sheet/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pictures[r.PathValue("name")].html(t)))
	})
	wall := httptest.NewServer(mux)
	defer wall.Close()
	desk := chromedp.EmulateViewport(sheetWide, phoneHigh)
	require.NoError(t, chromedp.Do(tab.tab, desk))
	for name := range pictures {
		require.NoError(t, chromedp.Do(tab.tab, chromedp.Navigate(wall.URL+"/sheet/"+name)))
		require.NoError(t, tab.keep(filepath.Join(out, name+".png")))
	}
}
