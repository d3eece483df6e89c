package console

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/phrases"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// functions are what templates may call, in one language.
func functions(words web.Words, locale web.Locale) template.FuncMap {
	return template.FuncMap{
		"t":     words,
		"money": func(amount models.Money) (string, error) { return web.FormatMoney(locale, amount) },
		"span":  func(span time.Duration) (string, error) { return inWords(words, span) },
		"moment": func(at time.Time) string {
			if at.IsZero() {
				return "–"
			}
			return at.In(models.Shanghai).Format("2006-01-02 15:04:05")
		},
		"clock": func(at time.Time) string { return at.In(models.Shanghai).Format("15:04:05") },
		"tail":  tail,
		"iso":   func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"asset": static.Address,
		// said is the text of a key that is built, or the plain word where nobody wrote one: a code of
		// another part of the house must not make a page fail that is there to find faults.
		"said": func(group, word string) string {
			if text, err := words(group + "." + word); err == nil {
				return text
			}
			return code(locale, word)
		},
		"phrase": func(text string) string { return phrase(locale, text) },
		"utc":    func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") },
		"place": func(f frame, name, address, key string) placed {
			return placed{Name: name, Address: address, Key: key, Here: f.At == name}
		},
		"request": func(id string) string { return "/staff/requests/" + url.PathEscape(id) },
		"command": CommandAddress,
	}
}

// tail is the end of an id: it tells ids of one page apart, and their titles hold the whole.
func tail(id string) string {
	const letters = 6
	if len(id) <= letters {
		return id
	}
	return "…" + id[len(id)-letters:]
}

// phrase is what another part of the house says in English, in the reader's language.
func phrase(locale web.Locale, text string) string {
	if locale != web.Chinese {
		return text
	}
	said, _ := phrases.Chinese(text)
	return said
}

// code is a stable word of ours, in the reader's language as far as there are words for it.
func code(locale web.Locale, word string) string {
	if locale == web.Chinese {
		said, _ := phrases.Code(word)
		return said
	}
	return strings.ReplaceAll(word, "_", " ")
}

// CommandAddress is the page that shows what a command would do, before it is given.
func CommandAddress(name, subject, request string) string {
	query := url.Values{"command": {name}, "subject": {subject}}
	if request != "" && request != subject {
		query.Set("request", request)
	}
	return "/staff/do?" + query.Encode()
}

// inWords writes a span with one unit, as people tell ages: "3 h", "2 天".
func inWords(words web.Words, span time.Duration) (string, error) {
	span = max(span, 0)
	unit, count := "seconds", int64(span/time.Second)
	switch {
	case span >= 48*time.Hour:
		unit, count = "days", int64(span/(24*time.Hour))
	case span >= 2*time.Hour:
		unit, count = "hours", int64(span/time.Hour)
	case span >= 2*time.Minute:
		unit, count = "minutes", int64(span/time.Minute)
	}
	return words("span."+unit, "n", strconv.FormatInt(count, 10))
}

// placed is a link of the navigation; Key goes there after a g.
type placed struct {
	Name, Address, Key string
	Here               bool
}
