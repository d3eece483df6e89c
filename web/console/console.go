// Package console draws the pages that colleagues see under /staff: what is stuck, one request, cases,
// commands, deliveries, the catalogue, the audit. Like package web it knows templates, languages and how
// money and time are written, and nothing of routes or rows. Every page works without JavaScript and
// by keyboard, loads nothing from elsewhere, and shows people's data masked: views have no room for more.
package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/friendpay/friendpay/web"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed translations/*.json
var translations embed.FS

//go:embed static
var staticFiles embed.FS

var static = web.NewAssets(staticFiles, "/staff/static/")

// Static serves /staff/static/….
func Static() http.Handler { return static }

// Template names one of the pages.
type Template string

// Page is a template and its view. The template "content" of each sees the whole page: the view as
// .View, who looks at it as .Who.
type Page struct {
	Template Template
	View     any
	Who      Who
	At       string // the place in the navigation: "queue", "cases" …; empty: none
	Live     string // the address that the part of the id "live" is asked again from; empty: never
	Problem  *Problem
}

// Who looks at the page; the zero value is nobody who is logged in.
type Who struct {
	Name string // "anna"
	Role string // the highest of his roles
	Form string // the token that each form of this session carries
}

// Agent says that the role is more than reading.
func (w Who) Agent() bool { return w.Role != "" && w.Role != "viewer" }

// Problem is what went wrong, in words that are known already or by a key of the translations.
type Problem struct {
	Reason string // stable, snake case
	Detail string // a sentence; empty: the translations have one for the reason
	Fix    string
}

// Pages holds every page in every language, parsed. It is safe for concurrent use.
type Pages struct {
	parsed map[web.Locale]map[Template]*template.Template
	words  map[web.Locale]web.Words
}

// New parses the pages and the translations.
func New() (*Pages, error) {
	words, err := web.ReadWords(translations)
	if err != nil {
		return nil, fmt.Errorf("read the console's words: %w", err)
	}
	pages := &Pages{parsed: map[web.Locale]map[Template]*template.Template{}, words: words}
	for _, locale := range web.Locales {
		own := functions(words[locale], locale)
		if pages.parsed[locale], err = web.ReadPages[Template](templates, own); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// Words are the console's texts in a language.
func (p *Pages) Words(locale web.Locale) web.Words { return p.words[locale] }

// HTML draws the page in the language.
func (p *Pages) HTML(locale web.Locale, page Page) ([]byte, error) {
	return p.draw(locale, "base", page)
}

// Part draws one block of the page only, for a place of a page that is open already.
func (p *Pages) Part(locale web.Locale, block string, page Page) ([]byte, error) {
	return p.draw(locale, block, page)
}

func (p *Pages) draw(locale web.Locale, block string, page Page) ([]byte, error) {
	parsed, known := p.parsed[locale][page.Template]
	if !known {
		return nil, fmt.Errorf("draw console page %q in %q: there is no such page", page.Template, locale)
	}
	var out bytes.Buffer
	if err := parsed.ExecuteTemplate(&out, block, frame{Page: page, Lang: string(locale)}); err != nil {
		return nil, fmt.Errorf("draw console page %q: %w", page.Template, err)
	}
	return out.Bytes(), nil
}

// frame is what the templates see.
type frame struct {
	Page
	Lang string
}
