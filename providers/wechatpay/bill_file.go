package wechatpay

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
)

// fetch keeps a bill's file, unpacked, on disk. Files are not signed: nothing of one
// is believed unless all of it has the hash that was.
func (a *Adapter) fetch(ctx context.Context, address, hash string) (*os.File, error) {
	result, err := a.unsigned.Get(context.WithValue(ctx, bigAnswer, true), address)
	if err != nil {
		return nil, err
	}
	defer result.Response.Body.Close()
	unpacked, err := unpack(result.Response.Body)
	if err != nil {
		return nil, odd("statement", "the bill is not packed as it should be")
	}
	file, err := nameless()
	if err != nil {
		return nil, odd("statement", "there is no place to keep the bill")
	}
	sum := sha1.New() // the only hash that WeChat Pay gives
	_, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(unpacked, maxBill))
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil || hex.EncodeToString(sum.Sum(nil)) != strings.ToLower(hash) {
		_ = file.Close() // nothing of it is believed
		return nil, odd("statement", "the bill is not the one that was promised")
	}
	return file, nil
}

// nameless is a temporary file that is removed already: it names payers, and not
// even a crash shall leave it behind.
func nameless() (*os.File, error) {
	file, err := os.CreateTemp("", "friendpay-bill-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// unpack reads packed files and plain ones: the wish for a packed one may be
// passed over.
func unpack(file io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(file)
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(buffered)
	}
	return buffered, nil
}

// stream reads a bill twice: whole, to see that its rows and its summary agree, then
// for whoever asked. So nothing is told of a bill that is not believed, and nothing
// is kept in memory. A nil file is a day on which nothing happened.
func stream[T any](
	open func() (*os.File, error), read func(io.Reader, func(T) bool) error,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var nothing T
		file, err := open()
		if err != nil {
			yield(nothing, err)
			return
		}
		if file == nil {
			return
		}
		defer file.Close()
		if err = read(file, func(T) bool { return true }); err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err == nil {
			err = read(file, func(line T) bool { return yield(line, nil) })
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(nothing, odd("statement", wrong(err).Error()))
		}
	}
}

// wrong is what may be said of a bill that cannot be read.
func wrong(err error) error {
	if errors.Is(err, errSums) {
		return errSums
	}
	return errBill
}
