package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed static
var staticFiles embed.FS

var static = NewAssets(staticFiles, "/static/")

// Assets are files that pages load. The address of each carries a short hash of its content, so that
// it may be cached for ever. They are public and never change, so they are compressed once and well.
type Assets struct {
	at    string
	files map[string]asset // by name
}

type asset struct {
	version       string
	plain, packed []byte
}

// NewAssets reads the folder static of a tree that is embedded, to be served below an address.
func NewAssets(files fs.FS, at string) Assets {
	folder, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // embedded: the compiler put it there
	}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		panic(err)
	}
	a := Assets{at: at, files: map[string]asset{}}
	for _, entry := range entries {
		content, err := fs.ReadFile(folder, entry.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		a.files[entry.Name()] = asset{
			version: hex.EncodeToString(sum[:6]), plain: content, packed: gzipped(content, gzip.BestCompression),
		}
	}
	return a
}

// Address is where a file is; it changes with the content.
func (a Assets) Address(name string) string { return a.at + name + "?v=" + a.files[name].version }

// ServeHTTP answers below the address.
func (a Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, a.at)
	file, known := a.files[name]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if r.URL.Query().Get("v") == file.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Add("Vary", "Accept-Encoding")
	content := file.plain
	if takesGzip(r) && len(file.packed) < len(content) {
		h.Set("Content-Encoding", "gzip")
		content = file.packed
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// Static serves /static/….
func Static() http.Handler { return static }
