package tidy

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Tree is the working tree as the rules see it.
type Tree struct {
	Go   []*Source
	Text map[string]string // every file that is text, the Go files among them
}

// unread are folders that hold no source: what was built, what a private server keeps, what others wrote.
var unread = []string{".git", ".friendpay", ".idea", ".vscode", "bin", "node_modules"}

// Load reads the tree below root.
func Load(root string) (*Tree, error) {
	tree := &Tree{Text: map[string]string{}}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(unread, entry.Name()):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		return tree.read(file, filepath.ToSlash(relative))
	})
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	return tree, nil
}

func (t *Tree) read(file, name string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil // not text
	}
	t.Text[name] = string(content)
	if !strings.HasSuffix(name, ".go") || strings.Contains(name, "/testdata/") {
		return nil
	}
	source, err := Parse(name, string(content))
	if err != nil {
		return err
	}
	t.Go = append(t.Go, source)
	return nil
}

// Packages groups the files of each folder.
func (t *Tree) Packages() map[string][]*Source {
	packages := map[string][]*Source{}
	for _, source := range t.Go {
		packages[source.Folder()] = append(packages[source.Folder()], source)
	}
	return packages
}
