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
	Digits    Fault = "digits"    // a run of eight or more, as phones and accounts have
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

// joiner holds some emoji together; every other character of its kind is refused.
const joiner = '\u200d'

func unseen(r rune) bool {
	return r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// stacked are marks heaped on one letter until they cover the lines around it.
var stacked = regexp.MustCompile(`\p{M}{4}`)

// anyAddress finds what leads elsewhere: any of these may stand within other words.
var anyAddress = regexp.MustCompile(strings.Join([]string{
	`://|www\.|@|xn--`,
	`[\p{L}\p{N}-]\.[a-z]{2}`, // a name and the end of a domain, written together
	`[a-z0-9-]\s*[.。｡](com|cn|net|org|top|xyz|cc|vip|shop|link|site|app|io|me)\b`,
	`[a-z0-9-]\s*[.。｡]\s*(com|cn|net|org|xyz|cc|vip|io)\b`,
	`[\p{L}\p{N}-]\s*(点|dot)\s*(com|cn|net|org|top|xyz|cc|vip|shop|link|site|app|io|me)\b`,
	`[\p{L}\p{N}-]\.(中国|中國|公司|网络|網絡|网址|网店|商城|商店|集团|香港|台湾|手机|在线|中文网|我爱你)`,
	`(路|街|巷|弄|道)[0-9]+(号|弄)`,
	`[0-9]+(号楼|号院|栋|幢|单元|室)`,
}, "|"))

// fold writes full-width, circled and mathematical characters as a keyboard has them, so that none of them
// hides an address.
func fold(words string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r >= 'Ⓐ' && r <= 'ⓩ':
			r = 'a' + (r-'Ⓐ')%26
		case r >= 0x1D400 && r <= 0x1D6A3: // alphabets of 52 letters in bold, italics and so on
			r = 'a' + (r-0x1D400)%26
		case r >= 0x1D7CE && r <= 0x1D7FF:
			r = '0' + (r-0x1D7CE)%10
		case r == '\u2024':
			r = '.'
		case r == '\u3000':
			r = ' '
		}
		return unicode.ToLower(r)
	}, words)
}
