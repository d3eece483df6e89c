package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed static
var staticFiles embed.FS

var static = NewAssets(staticFiles, "/static/")

// Assets are files that pages load. The address of each carries a short hash of its content, so that
// it may be cached for ever.
type Assets struct {
	files    fs.FS // a folder of the name static
	at       string
	versions map[string]string // by file
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
	a := Assets{files: folder, at: at, versions: map[string]string{}}
	for _, entry := range entries {
		content, err := fs.ReadFile(folder, entry.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		a.versions[entry.Name()] = hex.EncodeToString(sum[:6])
	}
	return a
}

// Address is where a file is; it changes with the content.
func (a Assets) Address(name string) string { return a.at + name + "?v=" + a.versions[name] }

// ServeHTTP answers below the address.
func (a Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, known := a.versions[strings.TrimPrefix(r.URL.Path, a.at)]
	if !known {
		http.NotFound(w, r)
		return
	}
	if r.URL.Query().Get("v") == version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.StripPrefix(a.at, http.FileServerFS(a.files)).ServeHTTP(w, r)
}

// Static serves /static/….
func Static() http.Handler { return static }
