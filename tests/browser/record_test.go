package browser

import (
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
)

// journeys is where recorded journeys go: a folder each, and a page that leads to all.
const journeys = "out/journeys"

const stripWidth = 1560 // in points; what is longer goes on below

// journey is a recording: what people saw, in order.
type journey struct {
	Name, Title string
	Frames      []frame
}

// frame is one screen of it.
type frame struct {
	File string // below the journey's folder
	Who  string
	What string
	Wide bool // of a desk
}

// record begins one anew.
func record(t *testing.T, name, title string) *journey {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(journeys, name)))
	return &journey{Name: name, Title: title}
}

// frame keeps what somebody sees now.
func (j *journey) frame(v *visit, file, who, what string) {
	v.t.Helper()
	v.fits()
	f := frame{File: fmt.Sprintf("%02d-%s.png", len(j.Frames)+1, file), Who: who, What: what, Wide: v.as.Desk}
	v.picture(filepath.Join(journeys, j.Name, f.File))
	j.Frames = append(j.Frames, f)
}

// Strip is the picture that has all frames side by side.
func (j *journey) Strip() string { return j.Name + ".png" }

// bind writes the strip of each journey and the page of all.
func bind(t *testing.T, all []*journey) {
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(journeys)))
	defer server.Close()
	for _, j := range all {
		page := filepath.Join(journeys, j.Name, "strip.html")
		write(t, page, stripPage, j)
		tab := testkit.Visitor(t, testkit.Person{Desk: true})
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(stripWidth, 720),
			chromedp.Navigate(server.URL+"/"+j.Name+"/strip.html")))
		picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(journeys, j.Strip()), picture, 0o644))
		require.NoError(t, os.Remove(page))
	}
	write(t, filepath.Join(journeys, "index.html"), indexPage, all)
}

func write(t *testing.T, file string, page *template.Template, data any) {
	t.Helper()
	out, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, page.Execute(out, data))
	require.NoError(t, out.Close())
}

var stripPage = template.Must(template.New("strip").Parse(`<!doctype html><meta charset="utf-8">
<title>{{.Title}}</title>
<style>
body { margin: 20px; font: 13px/1.4 "Noto Sans CJK SC", sans-serif; background: #e7e9e6; color: #16201d; }
div { display: flex; flex-wrap: wrap; gap: 16px; align-items: start; }
figure { margin: 0; width: 174px; flex: none; } figure.wide { width: 366px; }
img { width: 100%; border: 1px solid #b9bfbb; display: block; }
figcaption { margin-bottom: 8px; min-height: 56px; }
</style><h1>{{.Title}}</h1><div>
{{range .Frames}}<figure{{if .Wide}} class="wide"{{end}}>
<figcaption><b>{{.Who}}</b><br>{{.What}}</figcaption>
<img src="{{.File}}" alt=""></figure>
{{end}}</div>
`))

var indexPage = template.Must(template.New("index").Parse(`<!doctype html><html lang="en">
<meta charset="utf-8"><title>Journeys</title>
<style>body { margin: 24px; font: 16px/1.5 sans-serif; } img { max-width: 100%; }</style><h1>Journeys</h1>
{{range .}}<h2>{{.Title}}</h2>
<p><a href="{{.Strip}}"><img src="{{.Strip}}" alt="All frames of: {{.Title}}"></a></p><ol>
{{$name := .Name}}{{range .Frames}}<li><a href="{{$name}}/{{.File}}">{{.Who}}: {{.What}}</a></li>
{{end}}</ol>{{end}}</html>
`))
