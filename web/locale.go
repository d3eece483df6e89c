package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed translations/*.json
var translations embed.FS

// Locale is a language that pages are written in.
type Locale string

// The languages. Chinese comes first: it is what a reader gets whose language we do not speak.
const (
	Chinese Locale = "zh-CN"
	English Locale = "en"
)

// Locales lists the languages, the default first.
var Locales = []Locale{Chinese, English}

var matcher = language.NewMatcher([]language.Tag{language.MustParse("zh-CN"), language.English})

// MatchLocale picks the language for an Accept-Language header.
func MatchLocale(acceptLanguage string) Locale {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Chinese
	}
	_, index, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return Chinese
	}
	return Locales[index]
}

// Words answers {{t "key" "name" value …}} in one language. A key that has no text there is an error. A value
// called "count" picks the form of the text for so many: in English its translation has "one" and "other".
type Words func(key string, pairs ...any) (string, error)

// ReadWords reads translations/<language>.json of a tree, one file a language.
func ReadWords(files fs.FS) (map[Locale]Words, error) {
	bundle := i18n.NewBundle(language.MustParse(string(Chinese)))
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	words := map[Locale]Words{}
	for _, locale := range Locales {
		if _, err := bundle.LoadMessageFileFS(files, "translations/"+string(locale)+".json"); err != nil {
			return nil, fmt.Errorf("load translation %s: %w", locale, err)
		}
		words[locale] = translator(bundle, locale)
	}
	return words, nil
}

func translator(bundle *i18n.Bundle, locale Locale) Words {
	localizer := i18n.NewLocalizer(bundle, string(locale))
	return func(key string, pairs ...any) (string, error) {
		values := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			values[fmt.Sprint(pairs[i])] = pairs[i+1]
		}
		text, tag, err := localizer.LocalizeWithTag(&i18n.LocalizeConfig{
			MessageID: key, TemplateData: values, PluralCount: values["count"],
		})
		if err != nil {
			return "", fmt.Errorf("translate %q: %w", key, err)
		}
		if tag.String() != string(locale) {
			return "", fmt.Errorf("translate %q: missing in %s", key, locale)
		}
		return text, nil
	}
}
