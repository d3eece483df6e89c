package providers

import "io"

// Limit fails a read of an answer beyond so many bytes with an error, so that a cut
// answer is never taken for whole.
func Limit(body io.ReadCloser, bytes int64, tooLong error) io.ReadCloser {
	return &limited{body, bytes, tooLong}
}

type limited struct {
	io.ReadCloser
	left    int64
	tooLong error
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, l.tooLong
	}
	return n, err
}
