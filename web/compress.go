package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
)

// worthwhile is the size in bytes below which compressing saves nothing: it is one packet anyway.
const worthwhile = 1 << 10

// Compress answers what to send of a page, and sets the headers that tell so. A page that answers a form is
// sent as it is: it may repeat what was typed beside something secret, and a length then tells about the
// secret (BREACH). A page that answers GET repeats nothing of the call but what we know ourselves.
func Compress(w http.ResponseWriter, r *http.Request, html []byte) []byte {
	w.Header().Add("Vary", "Accept-Encoding")
	if r.Method != http.MethodGet || len(html) < worthwhile || !takesGzip(r) {
		return html
	}
	w.Header().Set("Content-Encoding", "gzip")
	return gzipped(html, gzip.DefaultCompression)
}

// refused is a quality of nothing.
var refused = regexp.MustCompile(`^\s*q=0(\.0*)?\s*$`)

// takesGzip reads Accept-Encoding; "gzip;q=0" says no.
func takesGzip(r *http.Request) bool {
	for _, offer := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(offer, ";")
		if strings.TrimSpace(name) == "gzip" {
			return !refused.MatchString(quality)
		}
	}
	return false
}

func gzipped(content []byte, level int) []byte {
	var out bytes.Buffer
	to, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		panic(err) // the level is ours
	}
	_, _ = to.Write(content) // into memory, which takes everything
	_ = to.Close()
	return out.Bytes()
}
