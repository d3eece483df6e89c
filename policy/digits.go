package policy

import (
	"regexp"
	"strings"
	"unicode"
)

// tooManyDigits is beyond any amount that friends speak of; seven say that somebody is loved (5201314).
const tooManyDigits = 8

// numerals are the digits that Chinese writes as words.
const numerals = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两"

// ordinary is a run that is no number to call or to pay to, though it has digits enough: an amount, a date
// with or without a time, or a span of days or of times. None has room for a mobile phone.
var ordinary = regexp.MustCompile(strings.NewReplacer(
	"YEAR", `20\d\d[-./]`+dayShape, "DAY", dayShape, "TIME", timeShape, "TO", ` ?[-~–—] ?`,
).Replace(`^(\d{1,6}\.\d{1,2}|YEAR([ ,]+TIME)?|DAY[ ,]+TIME|DAYTODAY|TIMETOTIME)$`))

const (
	dayShape  = `(0?[1-9]|1[0-2])[-./](0?[1-9]|[12]\d|3[01])`
	timeShape = `([01]?\d|2[0-3]):[0-5]\d`
)

// digits is the most digits in one run, of any script. Only letters end a run: people put anything else
// between the digits of a number.
func digits(words string) (most int) {
	for _, run := range strings.FieldsFunc(wordless(words), unicode.IsLetter) {
		run = strings.TrimFunc(run, func(r rune) bool { return !unicode.IsNumber(r) })
		if ordinary.MatchString(run) {
			continue
		}
		count := 0
		for _, r := range run {
			if unicode.IsNumber(r) {
				count++
			}
		}
		most = max(most, count)
	}
	return most
}

// wordless writes the numerals of Chinese as digits, but for one or two that stand in a word.
func wordless(words string) string {
	text := []rune(words)
	letter := func(i int) bool { return i >= 0 && i < len(text) && unicode.IsLetter(text[i]) }
	var out strings.Builder
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && strings.ContainsRune(numerals, text[end]) {
			end++
		}
		switch {
		case end == i:
			out.WriteRune(text[i])
			end++
		case end-i <= 2 && (letter(i-1) || letter(end)):
			out.WriteString(string(text[i:end]))
			out.WriteRune('字') // 〇 is no letter by itself
		default:
			out.WriteString(strings.Repeat("〇", end-i)) // a number, and no part of a date
		}
		i = end
	}
	return out.String()
}
