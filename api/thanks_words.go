package api

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/friendpay/friendpay/models"
)

// maxThanks is how many characters an asker has to thank with.
const maxThanks = 60

// What no thanks need, and what frauds live on: a way to be led elsewhere. It is looked for in what a text
// looks like, so that letters of another width do not hide it. Figures are counted over what people write
// between them, and in words; seven say that somebody is loved (5201314), eight are a number.
var (
	anAddress = regexp.MustCompile(`(?i)://|www\.|[a-z0-9-][.。][a-z]{2,}|xn--`)
	aNumber   = regexp.MustCompile(`[0-9〇零一二三四五六七八九幺](?:[\s\-–—_.·,，。+()]*[0-9〇零一二三四五六七八九幺]){7,}`)
)

// thanksWords are the words as they are kept: one line, trimmed. Refused with bad_thanks.
func thanksWords(told string) (string, error) {
	words := strings.Join(strings.Fields(told), " ")
	looks := norm.NFKC.String(words)
	switch {
	case words == "":
		return "", badThanks("There is nothing to say.", "Write a few words.")
	case utf8.RuneCountInString(words) > maxThanks:
		return "", badThanks("That is too long.", "Write at most 60 characters.")
	case strings.ContainsFunc(words, unseenRune):
		return "", badThanks("Characters that cannot be seen are not sent.", "Write letters, figures and signs.")
	case anAddress.MatchString(looks):
		return "", badThanks("An address is not sent.", "Leave out links and addresses.")
	case aNumber.MatchString(looks):
		return "", badThanks("A number that long is not sent.", "Leave out numbers of phones, cards and accounts.")
	}
	return words, nil
}

// joiner holds the parts of one picture together, as in a family of emoji.
const joiner = '\u200d'

// unseenRune says whether a character changes how others look, or is none.
func unseenRune(r rune) bool {
	return r != joiner && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)) ||
		r == utf8.RuneError
}

func badThanks(message, fix string) error {
	return &models.Error{
		Code: models.Invalid, Reason: "bad_thanks", Field: "message", Message: message, Fix: fix,
	}
}
