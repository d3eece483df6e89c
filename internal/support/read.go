package support

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const (
	mostReason = 200 // characters
	mostText   = 500
	mostKey    = 255
)

// colleague is a person's name as the audit keeps it.
var colleague = regexp.MustCompile(`^staff:[A-Za-z0-9._@-]{1,64}$`)

// personal finds what a reason or note must not hold: a phone, an identity number, an address
// of mail. Names are not found; the words beside the field ask for none.
var personal = regexp.MustCompile(`(^|[^0-9A-Za-z])1[3-9][0-9]{9}([^0-9A-Za-z]|$)|` +
	`[0-9]{17}[0-9Xx]|[^\s@]@[^\s@]+\.`)

// read checks a wish and reads what it is about.
func (d *Desk) read(ctx context.Context, w Wish) (command, *errand, error) {
	c, ok := find(w.Command)
	if !ok {
		return c, nil, wrong("unknown_command", "command", "There is no such command.",
			"Say one of "+strings.Join(Commands(), ", ")+".")
	}
	if err := w.allowed(c.least); err != nil {
		return c, nil, err
	}
	if err := w.check(); err != nil {
		return c, nil, err
	}
	args, err := c.checked(w.Args)
	if err != nil {
		return c, nil, err
	}
	e := &errand{Command: store.Command{
		Key: w.Key, Name: w.Command, Subject: w.Subject, Args: args, Reason: w.Reason, By: w.By.Name,
		Role: string(w.By.Role),
	}}
	if c.spare {
		e.Args["number"] = mint.Number() // also for a preview: without one the law owes no refund
	}
	return c, e, d.identify(ctx, c, e)
}

func (w Wish) allowed(least Role) error {
	if w.By.Role.May(least) {
		return nil
	}
	return &models.Error{
		Code: models.Forbidden, Reason: "role_too_low", Field: "command",
		Message: "Your role may not do this.", Fix: "Ask a colleague with the role " + string(least) + ".",
	}
}

func (w Wish) check() error {
	switch {
	case !colleague.MatchString(w.By.Name):
		return wrong("bad_name", "by", "Somebody must be doing this.",
			"Say who: 1 to 64 of A-Z, a-z, 0-9, '.', '_', '@' and '-'.")
	case w.Key == "" || len(w.Key) > mostKey:
		return wrong("bad_key", "key", "A command has a key of 1 to 255 characters.", "Send a fresh one for each.")
	case strings.TrimSpace(w.Reason) == "" || utf8.RuneCountInString(w.Reason) > mostReason:
		return wrong("bad_reason", "reason", "A command has a reason of 1 to 200 characters.",
			"Say why, or name the ticket.")
	case personal.MatchString(w.Reason):
		return noPeople("reason")
	case w.Subject == "":
		return wrong("no_subject", "subject", "A command is about something.", "Name its id.")
	}
	return nil
}

func noPeople(field string) error {
	return wrong("personal_data", field, "This looks like a person's phone, number or address.",
		"Name the ticket instead: what is written here is kept for ever.")
}

// checked are the arguments of a command, each in one spelling, with defaults.
func (c command) checked(given map[string]string) (map[string]string, error) {
	args := maps.Clone(given)
	if args == nil {
		args = map[string]string{}
	}
	for name := range args {
		if !slices.ContainsFunc(c.args, func(a Arg) bool { return a.Name == name }) {
			return nil, wrong("unknown_argument", "args."+name, c.name+" knows no such argument.", c.knows())
		}
	}
	for _, arg := range c.args {
		value := args[arg.Name]
		if value == "" {
			value = arg.Default
		}
		switch {
		case value == "" && arg.Needed:
			return nil, wrong("missing_argument", "args."+arg.Name, arg.Label+" is missing.", arg.shape())
		case value == "":
			delete(args, arg.Name)
		case !arg.fits(value):
			return nil, wrong("bad_argument", "args."+arg.Name, arg.Label+" is not well formed.", arg.shape())
		case arg.Kind == "text" && personal.MatchString(value):
			return nil, noPeople("args." + arg.Name)
		default:
			args[arg.Name] = value
		}
	}
	return args, nil
}

func (c command) knows() string {
	if len(c.args) == 0 {
		return "Send none."
	}
	names := make([]string, len(c.args))
	for i, arg := range c.args {
		names[i] = arg.Name
	}
	return "It knows " + strings.Join(names, ", ") + "."
}

func (a Arg) fits(value string) bool {
	switch a.Kind {
	case "fen":
		fen, err := strconv.ParseInt(value, 10, 64)
		return err == nil && fen > 0
	case "time":
		_, err := time.Parse(time.RFC3339, value)
		return err == nil
	case "choice":
		return slices.Contains(a.Choices, value)
	default:
		return utf8.RuneCountInString(value) <= mostText
	}
}

func (a Arg) shape() string {
	switch a.Kind {
	case "fen":
		return "Send an amount in fen, above zero."
	case "time":
		return "Send a moment like 2026-03-01T09:00:00Z."
	case "choice":
		return "Send one of " + strings.Join(a.Choices, ", ") + "."
	default:
		return "Send 1 to 500 characters."
	}
}

// sameArgs compares what was stored with what is sent again: what the desk added, or filled in,
// was not sent.
func sameArgs(stored, sent map[string]string) bool {
	for name, value := range sent {
		if value != "" && stored[name] != value {
			return false
		}
	}
	return true
}

func wrong(reason, field, message, fix string) error {
	return &models.Error{Code: models.Invalid, Reason: reason, Field: field, Message: message, Fix: fix}
}
