package unionpay

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string) (map[string]string, error) {
	t.Helper()
	m, err := parse(strings.NewReader(text), int64(len(text)))
	said := map[string]string{}
	for key := range m.at {
		said[key] = m.get(key)
	}
	return said, err
}

func TestAnAnswerIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]string{
		"a=1&b=2":                        {"a": "1", "b": "2"},
		"a=1=2==&b=":                     {"a": "1=2==", "b": ""},
		"a={x=1&y=2}&b=2":                {"a": "{x=1&y=2}", "b": "2"},
		"a=[{x&y},{z}]&b=2":              {"a": "[{x&y},{z}]", "b": "2"},
		"a=x{&}y&b=2":                    {"a": "x{&}y", "b": "2"},
		"a={[}&b=2":                      {"a": "{[}", "b": "2"}, // the first to open is the one that closes
		"a=}&b=]":                        {"a": "}", "b": "]"},
		"a=%2B+&b=\r\n-----\nx\n":        {"a": "%2B+", "b": "\r\n-----\nx\n"}, // nobody encoded it
		"a={x&b=2":                       {"a": "{x&b=2"},
		"a=成功[0000000]&b= 2 ":            {"a": "成功[0000000]", "b": " 2 "},
		"a={x}[y&z]&b=2":                 {"a": "{x}[y&z]", "b": "2"},
		"signPubKeyCert=-----\nA==\n&b=": {"signPubKeyCert": "-----\nA==\n", "b": ""},
	} {
		said, err := read(t, text)
		require.NoError(t, err, text)
		require.Equal(t, want, said, text)
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a", "=1", "&", "a=1&", "a=1&&b=2", "a=1&a=2", "a=1&b", strings.Repeat("k", 65) + "=1",
		strings.Repeat("k=1&", 2) + "x=1",
	} {
		_, err := read(t, text)
		require.ErrorIs(t, err, errForm, text)
	}
	var many strings.Builder
	for range 201 {
		many.WriteString(strings.Repeat("x", many.Len()%60+1) + "=1&")
	}
	_, err := read(t, many.String())
	require.ErrorIs(t, err, errForm)
}

func TestAValueTooLongIsNone(t *testing.T) {
	t.Parallel()
	said, err := read(t, "a="+strings.Repeat("x", maxValue)+"&b="+strings.Repeat("x", maxValue+1))
	require.NoError(t, err)
	require.Len(t, said["a"], maxValue)
	require.Empty(t, said["b"])
	require.Empty(t, message{}.get("a"))
}

// FuzzParse: whatever comes is refused or read, and what was read is what was written.
func FuzzParse(f *testing.F) {
	f.Add("a=1&b={x&y}&c=[&]")
	f.Add("=&=")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parse(strings.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		total := len(m.at) - 1
		for key := range m.at {
			total += len(key) + 1 + int(m.section(key).Size())
		}
		if total != len(text) {
			t.Fatalf("%d of %d bytes were read", total, len(text))
		}
	})
}
