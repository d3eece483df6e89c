package notify

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"github.com/friendpay/friendpay/models"
)

// Language is one that people are written to in.
type Language string

// The languages; who never said is written to in Chinese.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// Languages lists them, the default first.
var Languages = []Language{Chinese, English}

// Field is a place in a template, under the name that its provider reviewed.
type Field string

// The fields. Amount is "129.00", Until "2026-11-22 20:30" in Shanghai.
const (
	Amount   Field = "amount"
	Currency Field = "currency"
	Request  Field = "request"
	Until    Field = "until"
)

// Facts are what a message is made of; what is zero is missing.
type Facts struct {
	Amount  models.Money // the friend's own part
	Request string
	Until   time.Time // the end of the request
}

// Template is the words of a kind in a language, as they are handed in for review, with {amount} for a field.
type Template struct {
	Kind     Kind
	Language Language
	Text     string
	Fields   []Field
}

// Words are the values of a template's fields, and the whole as a person reads it.
type Words struct {
	Values map[Field]string
	Text   string
}

// ErrWords is a message that may not leave: it lacks a field, or one of them leads somewhere.
var ErrWords = errors.New("the message has no such words")

// leads finds what a phone would make a link of: gateways refuse the message, and people should never be
// led to where they pay by one.
var leads = regexp.MustCompile(
	`(?i)[a-z][a-z0-9+.-]*://|www[.．。]|[\p{L}\p{N}_-][.．。｡]\p{L}{2}|\d+(\.\d+){3}|[/\\@]`)

// Fill writes the values. Its errors name the field and never quote it.
func (t Template) Fill(facts Facts) (Words, error) {
	words := Words{Values: map[Field]string{}, Text: t.Text}
	for _, field := range t.Fields {
		value, err := facts.value(field)
		switch {
		case err != nil || value == "":
			return Words{}, fmt.Errorf("%w: %s of %s is missing", ErrWords, field, t.Kind)
		case leads.MatchString(value):
			return Words{}, fmt.Errorf("%w: %s of %s leads somewhere", ErrWords, field, t.Kind)
		}
		words.Values[field] = value
		words.Text = strings.ReplaceAll(words.Text, "{"+string(field)+"}", value)
	}
	return words, nil
}

func (f Facts) value(field Field) (string, error) {
	switch field {
	case Amount:
		amount, err := currency.NewAmountFromInt64(f.Amount.Minor, f.Amount.Currency)
		return amount.Number(), err
	case Currency:
		return f.Amount.Currency, nil
	case Request:
		return f.Request, nil
	case Until:
		if f.Until.IsZero() {
			return "", nil
		}
		return f.Until.In(models.Shanghai).Format("2006-01-02 15:04"), nil
	default:
		return "", ErrWords
	}
}

// Find is the template of a kind in a language, or in the default one.
func Find(kind Kind, language Language) (Template, bool) {
	for _, wanted := range []Language{language, Chinese} {
		for _, t := range Templates {
			if t.Kind == kind && t.Language == wanted {
				return t, true
			}
		}
	}
	return Template{}, false
}
