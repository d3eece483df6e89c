package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web/console"
)

// formTime is how a browser writes a moment of a form.
const formTime = "2006-01-02T15:04"

// field is an argument as the form shows it.
func field(arg support.Arg, value string) console.Field {
	if value == "" {
		value = arg.Default
	}
	value = typed(arg.Kind, value)
	kind := arg.Kind
	if kind == "" {
		kind = "text"
	}
	return console.Field{Name: arg.Name, Kind: kind, Value: value, Choices: arg.Choices, Needed: arg.Needed}
}

// typed is a value of support as a form has it: moments by our clocks, amounts in yuan.
func typed(kind, value string) string {
	switch kind {
	case "time":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return at.In(models.Shanghai).Format(formTime)
		}
	case "fen":
		if fen, err := strconv.ParseInt(value, 10, 64); err == nil {
			return yuan(fen)
		}
	}
	return value
}

// read is an argument as support wants it: yuan become fen, a moment of the form one of the world.
func read(arg support.Arg, text string) (string, error) {
	switch {
	case text == "":
		return "", nil
	case arg.Kind == "fen":
		fen, ok := fenOf(text)
		if !ok {
			return "", wrong(arg.Name, "Write an amount in yuan, like 12.90.")
		}
		return strconv.FormatInt(fen, 10), nil
	case arg.Kind == "time":
		at, err := time.ParseInLocation(formTime, text, models.Shanghai)
		if err != nil {
			return "", wrong(arg.Name, "Write a moment like 2026-03-01T09:00.")
		}
		return at.Format(time.RFC3339), nil
	}
	return text, nil
}

func wrong(name, fix string) error {
	return &models.Error{
		Code: models.Invalid, Reason: "bad_argument", Field: name,
		Message: "This is not well formed: " + name + ".",
		Fix:     fix,
	}
}

func yuan(fen int64) string {
	text := strconv.FormatInt(fen/100, 10)
	if cents := fen % 100; cents != 0 {
		return text + "." + strconv.FormatInt(cents/10, 10) + strconv.FormatInt(cents%10, 10)
	}
	return text
}

// fenOf reads yuan with at most two decimals; no fraction of a fen gets lost in a float.
func fenOf(typed string) (int64, bool) {
	whole, part, _ := strings.Cut(typed, ".")
	if len(whole) == 0 || len(whole) > 10 || len(part) > 2 {
		return 0, false
	}
	fen, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 63)
	return int64(fen), err == nil
}
