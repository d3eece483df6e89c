package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
)

// unmarked is what the frame leaves for the mark.
const unmarked = `data-mark=""`

// countdown is a time that runs on every page by itself.
var countdown = regexp.MustCompile(`<time data-left="\d+">[^<]*</time>`)

// marked writes into a page a short hash of what it says, running times apart: two drawings of a page have
// the same mark if a reader would see no difference but for the time. By it a page that keeps itself up to
// date knows without loading itself again that there is nothing new.
func marked(html []byte) []byte {
	_, content, _ := bytes.Cut(html, []byte("<main"))
	sum := sha256.Sum256(countdown.ReplaceAll(content, []byte("<time>")))
	mark := `data-mark="` + hex.EncodeToString(sum[:6]) + `"`
	return bytes.Replace(html, []byte(unmarked), []byte(mark), 1)
}
