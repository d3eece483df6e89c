// Package phrases says in Chinese what parts of the house say in English sentences: what a command would
// do, why it is refused, what came of it, how a line of a request's life reads. Those sentences are kept in
// rows and answered to programs as they are; here is one table of them, with {} for what stands in between.
package phrases

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
)

// phrase is a sentence with places, in both languages. Places of the Chinese one are numbered from 0.
type phrase struct {
	english *regexp.Regexp
	chinese string
	plain   int // letters outside of places: the more, the closer a match is
}

//go:embed sentences.json
var sentences []byte

//go:embed codes.json
var codes []byte

type tables struct {
	exact   map[string]string
	phrases []phrase
	codes   map[string]string
}

// read is done once; the files are part of the build, and a test reads them.
var read = sync.OnceValue(func() tables {
	all, t := map[string]string{}, tables{exact: map[string]string{}, codes: map[string]string{}}
	if json.Unmarshal(sentences, &all) != nil || json.Unmarshal(codes, &t.codes) != nil {
		return t
	}
	for english, chinese := range all {
		if !strings.Contains(english, "{}") {
			t.exact[english] = chinese
			continue
		}
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(english), `\{\}`, "(.*?)") + "$"
		t.phrases = append(t.phrases, phrase{regexp.MustCompile(pattern), chinese, len(english)})
	}
	slices.SortFunc(t.phrases, func(a, b phrase) int {
		if a.plain != b.plain {
			return b.plain - a.plain
		}
		return strings.Compare(a.chinese, b.chinese)
	})
	return t
})

// Chinese is a text of one or several English sentences in Chinese. What nobody wrote stays as it is, and
// known is false: a page that is there to find faults shows it all the same.
func Chinese(text string) (said string, known bool) {
	if text == "" {
		return "", true
	}
	if said, known = sentence(text); known {
		return said, true
	}
	parts := split(text)
	if len(parts) < 2 {
		return text, false
	}
	var out strings.Builder
	known = true
	for _, part := range parts {
		said, ok := sentence(part)
		known = known && ok
		out.WriteString(said)
	}
	return out.String(), known
}

// Code is a stable word of ours in Chinese: "settled", "payment_succeeded".
func Code(word string) (said string, known bool) {
	said, known = read().codes[word]
	if !known {
		said = word
	}
	return said, known
}

func sentence(text string) (string, bool) {
	if said, known := read().exact[text]; known {
		return said, true
	}
	for _, p := range read().phrases {
		found := p.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		said := p.chinese
		for i, word := range found[1:] {
			said = strings.ReplaceAll(said, "{"+string(rune('0'+i))+"}", spoken(word))
		}
		return said, true
	}
	return text, false
}

// spoken is what stands in a place: a moment by our clocks, a code in words, anything else as it is.
func spoken(word string) string {
	if at, err := time.Parse(time.RFC3339, word); err == nil {
		return at.In(models.Shanghai).Format(time.DateTime)
	}
	if said, known := Code(word); known {
		return said
	}
	if said, known := read().exact[word]; known {
		return said
	}
	parts := strings.Split(word, " ")
	for i, part := range parts {
		parts[i], _ = Code(part)
	}
	return strings.Join(parts, " ")
}

// split cuts a text behind each end of a sentence.
func split(text string) []string {
	var parts []string
	for {
		end := strings.Index(text, ". ")
		if end < 0 {
			return append(parts, text)
		}
		parts = append(parts, text[:end+1])
		text = text[end+2:]
	}
}
