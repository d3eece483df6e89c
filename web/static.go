package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"
)

//go:embed static
var static embed.FS

// versions maps each static file to a short hash of its content, which its address carries.
var versions = hashes()

func hashes() map[string]string {
	found := map[string]string{}
	entries, err := static.ReadDir("static")
	if err != nil {
		panic(err) // embedded: the compiler put it there
	}
	for _, entry := range entries {
		content, err := static.ReadFile("static/" + entry.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		found[entry.Name()] = hex.EncodeToString(sum[:6])
	}
	return found
}

// asset is the address of a static file; it changes with the content, so that it may be cached for ever.
func asset(name string) string { return "/static/" + name + "?v=" + versions[name] }

// Static serves /static/….
func Static() http.Handler {
	files := http.FileServerFS(static)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, known := versions[strings.TrimPrefix(r.URL.Path, "/static/")]
		if !known {
			http.NotFound(w, r)
			return
		}
		if r.URL.Query().Get("v") == version {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	})
}
