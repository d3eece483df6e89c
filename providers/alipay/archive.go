package alipay

import (
	"archive/zip"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxParts is how many files a bill has at most: there are two.
const maxParts = 16

var errArchive = errors.New("the bill is not packed as it should be")

// details opens the one file of a bill that has the rows; the other sums them up. A
// name is only looked at, never used as a path.
func details(from io.ReaderAt, size int64) (io.ReadCloser, error) {
	packed, err := zip.NewReader(from, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) || len(packed.File) > maxParts {
		return nil, errArchive
	}
	var found *zip.File
	for _, part := range packed.File {
		name := part.Name
		if part.NonUTF8 {
			if name, err = simplifiedchinese.GB18030.NewDecoder().String(name); err != nil {
				return nil, errArchive
			}
		}
		if part.FileInfo().IsDir() || !strings.HasSuffix(name, ".csv") || strings.Contains(name, "汇总") {
			continue
		}
		if found != nil {
			return nil, errArchive
		}
		found = part
	}
	if found == nil {
		return nil, errArchive
	}
	return found.Open()
}
