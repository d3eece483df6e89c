// Package web draws the pages that people see: the friend's, and those of the
// demo shop. It knows templates, languages and how money and time are written,
// and nothing of routes or the database: who calls it hands over a view and gets
// HTML. Every page works without JavaScript and loads nothing from elsewhere.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"time"
)

//go:embed templates/*.html
var templates embed.FS

// Template names one of the pages.
type Template string

// The pages; each wants the view named beside it.
const (
	LinkPage    Template = "link"    // Link
	CodePage    Template = "code"    // Code
	NoticePage  Template = "notice"  // Notice
	PayPage     Template = "pay"     // Pay
	DeclinePage Template = "decline" // Decline
	HandoffPage Template = "handoff" // Handoff
	ResultPage  Template = "result"  // Result
	HopPage     Template = "hop"     // Hop
	BridgePage  Template = "bridge"  // Bridge
	OrderPage   Template = "order"   // ShopOrder
	RequestPage Template = "request" // ShopRequest
	InvitePage  Template = "invite"  // ShopInvite
	RevokePage  Template = "revoke"  // ShopRevoke
	ReceiptPage Template = "receipt" // Receipt
	PrivacyPage Template = "privacy" // Privacy
	AskedPage   Template = "asked"   // Asked
	PaidPage    Template = "paid"    // Payments
)

// Page is a template, its view, and how it keeps itself up to date.
type Page struct {
	Template Template
	View     any
	// Refresh is how often the page loads itself again where there is no JavaScript; 0 for never.
	Refresh time.Duration
	// Posted says that the page answers a form, so that it must not be loaded again.
	Posted bool
	// Stream is the address of server-sent events; the page loads itself again on each. Empty for none.
	Stream string
	// Origin says that the page may tell its origin to where it leads, for a provider that asks.
	Origin bool
	// Script is another origin that scripts of the page may come from; empty for none.
	Script string
	// Home is our own address, for what a chat draws of the page; empty for none.
	Home string
	// Here is where the page is had by GET, for who wants it in another language; empty for its own address
	// without a query.
	Here string
	// Shop says that it is a merchant's page, not ours.
	Shop bool
	// Buyer says that the page is the buyer's: it shares, copies, and remembers what he has opened.
	Buyer bool
	// Touched makes the page tell its own address, by one POST, that a person touched it.
	Touched bool
}

// Pages holds every page in every language, parsed. It is safe for concurrent use.
type Pages struct {
	parsed map[Locale]map[Template]*template.Template
}

// New parses the pages and the translations.
func New() (*Pages, error) {
	words, err := ReadWords(translations)
	if err != nil {
		return nil, err
	}
	pages := &Pages{parsed: map[Locale]map[Template]*template.Template{}}
	for _, locale := range Locales {
		own := functions(words[locale], locale)
		if pages.parsed[locale], err = ReadPages[Template](templates, own); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// HTML draws the page in the language.
func (p *Pages) HTML(locale Locale, page Page) ([]byte, error) {
	parsed, known := p.parsed[locale][page.Template]
	if !known {
		return nil, fmt.Errorf("draw page %q in %q: there is no such page", page.Template, locale)
	}
	var out bytes.Buffer
	if err := parsed.ExecuteTemplate(&out, "base", frame{Page: page, Lang: string(locale)}); err != nil {
		return nil, fmt.Errorf("draw page %q: %w", page.Template, err)
	}
	return marked(out.Bytes()), nil
}

// frame is what the template around every page sees.
type frame struct {
	Page
	Lang string
}

// RefreshSeconds is 0 where the page does not refresh itself.
func (f frame) RefreshSeconds() int { return int(f.Refresh / time.Second) }

// ReadPages parses templates/*.html of files by their names, each with what base.html and parts*.html
// define.
func ReadPages[N ~string](files fs.FS, functions template.FuncMap) (map[N]*template.Template, error) {
	base, err := template.New("").Funcs(functions).ParseFS(files, "templates/base.html", "templates/parts*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the frame: %w", err)
	}
	pages, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	parsed := map[N]*template.Template{}
	for _, page := range pages {
		name := N(page[len("templates/") : len(page)-len(".html")])
		if name == "base" || strings.HasPrefix(string(name), "parts") {
			continue
		}
		own, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy the frame: %w", err)
		}
		if parsed[name], err = own.ParseFS(files, page); err != nil {
			return nil, fmt.Errorf("parse page %q: %w", name, err)
		}
	}
	return parsed, nil
}
