package token

import (
	"encoding/hex"
	"regexp"
	"strings"
)

// link is the token in a link, or the token alone.
var link = regexp.MustCompile(`^(?:https?://[^\s/]+/f/|/?f/)?([A-Za-z0-9_-]{43})(?:[?#]\S*)?$`)

// Fingerprint turns a pasted link, its token or a share code into the hash by which its invite is found,
// in hex, so that the secret itself goes no further; ok is false for any other words.
func (l *Links) Fingerprint(words string) (hash string, ok bool) {
	words = strings.TrimSpace(words)
	if found := link.FindStringSubmatch(words); found != nil {
		return hex.EncodeToString(l.Hash(found[1])), true
	}
	code := words
	if at := strings.LastIndex(words, "/c/"); at >= 0 {
		code = words[at+len("/c/"):]
	}
	if IsCode(code) {
		return hex.EncodeToString(l.CodeHash(code)), true
	}
	return "", false
}
