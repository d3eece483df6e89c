package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// languageCookie keeps the language that a reader picked; languageQuery is how he picks it.
const (
	languageCookie = "friendpay-lang"
	languageQuery  = "lang"
)

// languageKept is how long a choice holds.
const languageKept = 365 * 24 * time.Hour

// LocaleFor is the language of the answer to a call: the one that its address asks for, else the one
// picked before, else the first of Accept-Language that we speak, else Chinese. A GET that asks for one is
// remembered by a cookie, which holds the language and nothing else; secure is for sites on https. It says
// in Vary what the answer depends on.
func LocaleFor(w http.ResponseWriter, r *http.Request, secure bool) Locale {
	w.Header().Add("Vary", "Accept-Language, Cookie")
	asked := Locale(r.URL.Query().Get(languageQuery))
	if r.Method == http.MethodGet && slices.Contains(Locales, asked) {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // not secure on this machine alone, which has no https
			Name: languageCookie, Value: string(asked), Path: "/", MaxAge: int(languageKept / time.Second),
			Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
		return asked
	}
	return Reads(r)
}

// Reads is the language of who asks: the one that he picked, else the one that his browser is set to.
func Reads(r *http.Request) Locale {
	if kept := LanguageCookie(r); kept != nil {
		return Locale(kept.Value)
	}
	return MatchLocale(r.Header.Get("Accept-Language"))
}

// LanguageCookie is the one that says which language a reader picked; nil for none, or one we do not speak.
func LanguageCookie(r *http.Request) *http.Cookie {
	kept, err := r.Cookie(languageCookie)
	if err != nil || !slices.Contains(Locales, Locale(kept.Value)) {
		return nil
	}
	return kept
}

// Tongue is a language to switch to.
type Tongue struct {
	Lang    Locale
	Name    string // as it calls itself
	Address string
}

// names are what the languages call themselves.
var names = map[Locale]string{Chinese: "中文", English: "English"}

// Tongues are the other languages of the page. An address is relative, so that it repeats no secret
// of the page's own.
func (f frame) Tongues() (others []Tongue) {
	for _, locale := range Locales {
		if string(locale) == f.Lang {
			continue
		}
		mark := "?"
		if strings.Contains(f.Here, "?") {
			mark = "&"
		}
		address := f.Here + mark + languageQuery + "=" + url.QueryEscape(string(locale))
		others = append(others, Tongue{Lang: locale, Name: names[locale], Address: address})
	}
	return others
}
