package policy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words that one person writes and a stranger reads, on a page of ours, beside a button that
// pays. Whoever wants to draw him elsewhere needs an address or a number for that, so none
// gets through; and nothing may make the words look other than they are.

// Fault is why words may not be shown to strangers.
type Fault string

// The faults.
const (
	NoFault   Fault = ""
	TooLong   Fault = "too_long"
	Invisible Fault = "invisible" // control characters, line breaks, or what turns the direction of reading
	Address   Fault = "address"   // of a page, a mailbox or a house
	Digits    Fault = "digits"    // a run of five or more, as phones and accounts have
)

// FaultOf judges words of at most so many characters.
func FaultOf(words string, most int) Fault {
	folded := fold(words)
	switch {
	case utf8.RuneCountInString(words) > most:
		return TooLong
	case !utf8.ValidString(words) || strings.ContainsFunc(words, unseen) || stacked.MatchString(words):
		return Invisible
	case anyAddress.MatchString(folded):
		return Address
	case digits(folded) >= tooManyDigits:
		return Digits
	}
	return NoFault
}

// tooManyDigits is short of any phone, and beyond any amount or date that friends speak of.
const tooManyDigits = 5

// joiner holds some emoji together; every other character of its kind is refused.
const joiner = '\u200d'

func unseen(r rune) bool {
	return r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// stacked are marks heaped on one letter until they cover the lines around it.
var stacked = regexp.MustCompile(`\p{M}{4}`)

// anyAddress finds what leads elsewhere: any of these may stand within other words.
var anyAddress = regexp.MustCompile(strings.Join([]string{
	`://|www\.|@`,
	`[\p{L}\p{N}-]\.[a-z]{2}`, // a name and the end of a domain, written together
	`[a-z0-9-]\s*([.。｡点]|dot)\s*(com|cn|net|org|top|xyz|cc|vip|shop|link|site|app|io|me)\b`,
	`(路|街|巷|弄|道)[0-9]+(号|弄)`,
	`[0-9]+(号楼|号院|栋|幢|单元|室)`,
}, "|"))

// fold writes full-width characters as a keyboard has them, so that none of them hides an address.
func fold(words string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '\u2024':
			r = '.'
		case r == '\u3000':
			r = ' '
		}
		return unicode.ToLower(r)
	}, words)
}

// numerals are the digits that Chinese writes as words.
const numerals = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两"

// digits is the longest run of digits of any script. What people put between the digits of a
// number does not end it.
func digits(words string) (longest int) {
	run := 0
	for _, r := range words {
		switch {
		case unicode.IsNumber(r) || strings.ContainsRune(numerals, r):
			run++
			longest = max(longest, run)
		case unicode.IsSpace(r) || unicode.IsMark(r) || r == joiner || strings.ContainsRune("-_.,·•/()+*~—–", r):
		default:
			run = 0
		}
	}
	return longest
}
