package unionpay

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// fields are what a message says, before it is one. Empty ones are not sent.
type fields map[string]string

// message is what was signed or is to be: the fields as they came, which for a
// statement are too long to be held. Field values are at from.
type message struct {
	from io.ReaderAt
	at   map[string]span
}

// span is from where to where a value stands, in bytes.
type span struct{ from, to int64 }

const (
	maxFields = 200
	maxKey    = 64      // bytes of a field's name
	maxValue  = 1 << 20 // bytes of a value that is read into memory
)

var (
	errForm = errors.New("it is not a form")
	keyForm = regexp.MustCompile(`^[0-9A-Za-z_]+$`)
)

// parse reads a form that nobody encoded: values hold = and, between the first {
// or [ and what closes it, & too. A certificate is one value of several lines. A
// field that is there twice is refused: somebody else might read the other one.
func parse(from io.ReaderAt, size int64) (message, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(from, 0, size), 64<<10)
	m := message{from: from, at: map[string]span{}}
	var key []byte
	var closing byte // what ends the brackets that are open
	begun := int64(-1)
	for at := range size {
		c, err := in.ReadByte()
		switch {
		case err != nil:
			return message{}, err
		case begun < 0 && c == '=':
			begun, closing = at+1, 0
		case begun < 0:
			if key = append(key, c); len(key) > maxKey {
				return message{}, errForm
			}
		case closing != 0 && c == closing:
			closing = 0
		case closing == 0 && c == '{':
			closing = '}'
		case closing == 0 && c == '[':
			closing = ']'
		case closing == 0 && c == '&':
			if err := m.put(string(key), begun, at); err != nil {
				return message{}, err
			}
			key, begun = key[:0], -1
		}
	}
	return m, m.put(string(key), begun, size)
}

func (m message) put(key string, begun, end int64) error {
	_, twice := m.at[key]
	if !keyForm.MatchString(key) || begun < 0 || twice || len(m.at) >= maxFields {
		return errForm
	}
	m.at[key] = span{begun, end}
	return nil
}

// compose makes a message of fields.
func compose(said fields) message {
	m := message{at: map[string]span{}}
	var all strings.Builder
	for key, value := range said {
		from := int64(all.Len())
		all.WriteString(value)
		m.at[key] = span{from, int64(all.Len())}
	}
	m.from = strings.NewReader(all.String())
	return m
}

// section is a value to be read, however long.
func (m message) section(key string) *io.SectionReader {
	s := m.at[key]
	return io.NewSectionReader(m.from, s.from, s.to-s.from)
}

// get is a value; "" where there is none, or one that is too long to be any we know.
func (m message) get(key string) string {
	value := m.section(key)
	if m.from == nil || value.Size() > maxValue {
		return ""
	}
	text, err := io.ReadAll(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// digest is what is signed: all fields but the signature, sorted by name, hashed,
// and the hash, in hex, hashed again.
func (m message) digest() ([]byte, error) {
	sum := sha256.New()
	mark := ""
	for _, key := range slices.Sorted(maps.Keys(m.at)) {
		if key == "signature" {
			continue
		}
		_, _ = io.WriteString(sum, mark+key+"=")
		if _, err := io.Copy(sum, m.section(key)); err != nil {
			return nil, err
		}
		mark = "&"
	}
	again := sha256.Sum256([]byte(hex.EncodeToString(sum.Sum(nil))))
	return again[:], nil
}
