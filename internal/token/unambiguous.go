package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// unambiguous says that a part of a token names each of its members once. Of two
// with one name, one program takes the first and another the last; Go's decoder
// takes "EXP" for "exp", too.
func unambiguous(part string) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return false
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		text, isText := name.(string)
		folded := strings.ToLower(text)
		var value json.RawMessage
		if err != nil || !isText || seen[folded] || decoder.Decode(&value) != nil {
			return false
		}
		seen[folded] = true
	}
	return true
}
