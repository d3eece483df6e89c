package unionpay

import (
	"archive/zip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"iter"
	"os"
	"time"

	"github.com/friendpay/friendpay/providers"
)

const (
	filePatience = 5 * time.Minute // for callers who set no deadline
	fileAfter    = 10 * time.Hour  // a day's file is there at ten the next morning
	cleared      = time.Hour       // a day ends that long before midnight
	maxFile      = 32 << 20        // bytes of an answer with a file: 20 MB, in base64
	maxArchive   = 64 << 20        // bytes of the archive, inflated once
)

// Statement is what UnionPay cleared on a day, which ends at eleven in the evening
// of Shanghai: what moves later stands on the next day's. That there is
// none is believed from ten the next morning on, and Refused before, with the time
// that is left. A file has a day and no year, so that one of a year ago is not
// asked for.
//
// The file travels inside one signed answer, which is kept in a file of its own
// until it is verified: what is in memory is a line.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		err := a.statement(ctx, day.In(shanghai), func(e providers.Entry) bool { return yield(e, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(providers.Entry{}, err)
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("enough")

func (a *Adapter) statement(ctx context.Context, day time.Time, each func(providers.Entry) bool) error {
	const op = "statement"
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, filePatience)
		defer cancel()
	}
	now := time.Now().In(shanghai)
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, shanghai)
	left := midnight.Add(fileAfter).Sub(now)
	switch {
	case midnight.Before(now.AddDate(-1, 0, 2)):
		return definite(op, "DAY", "statements are kept for a year")
	case midnight.Add(-cleared).AddDate(0, 0, -1).After(now):
		return later("the day has not come yet", left)
	}
	spool, size, err := a.fetch(ctx, day)
	if err != nil {
		return err
	}
	defer drop(spool)
	answer, err := a.proved(spool, size, day)
	switch {
	case told(err, codeNoFile) && left > 0:
		return later("there is no statement yet", left)
	case told(err, codeNoFile):
		return nil
	case err != nil:
		return err
	}
	return a.unpack(answer, day, each)
}

func later(message string, left time.Duration) error {
	return &providers.Error{
		Class: providers.Refused, Op: "statement", Code: codeNoFile, Message: message,
		Err: refusal{codeNoFile}, RetryAfter: left,
	}
}

// fetch asks for a day's file and keeps the answer, unread, in a file.
func (a *Adapter) fetch(ctx context.Context, day time.Time) (*os.File, int64, error) {
	const op = "statement"
	body, err := a.post(ctx, op, a.statements, fields{
		"txnType": "76", "txnSubType": "01", "bizType": "000000", "fileType": "00",
		"txnTime": stamp(time.Now()), "settleDate": day.Format("0102"),
	})
	if err != nil {
		return nil, 0, err
	}
	defer body.Close()
	return keep(op, body, maxFile, func(err error) error { return noAnswer(ctx, op, err) })
}

// keep writes what comes to a file that is gone when it is closed. A reader's error
// is put into words by why.
func keep(op string, from io.Reader, limit int64, why func(error) error) (*os.File, int64, error) {
	spool, err := os.CreateTemp("", "friendpay-unionpay-*")
	if err != nil {
		return nil, 0, odd(op, "there is no room for the statement")
	}
	size, err := io.Copy(spool, io.LimitReader(from, limit+1))
	switch {
	case err != nil:
		drop(spool)
		return nil, 0, why(err)
	case size > limit:
		drop(spool)
		return nil, 0, odd(op, "the statement is too long")
	}
	return spool, size, nil
}

func drop(spool *os.File) {
	_ = spool.Close() // it was only read
	_ = os.Remove(spool.Name())
}

// proved verifies an answer and that its file is the one that was asked for.
func (a *Adapter) proved(spool *os.File, size int64, day time.Time) (message, error) {
	const op = "statement"
	answer, err := parse(spool, size)
	if err != nil {
		return message{}, odd(op, "the answer is not a form")
	}
	if err := a.accept(op, fields{}, answer); err != nil {
		return message{}, err
	}
	if answer.get("settleDate") != day.Format("0102") || answer.section("fileContent").Size() == 0 {
		return message{}, odd(op, "the statement is not the one that was asked for")
	}
	return answer, nil
}

// unpack reads the file: an archive, deflated once more, in base64.
func (a *Adapter) unpack(answer message, day time.Time, each func(providers.Entry) bool) error {
	const op = "statement"
	bad := func(error) error { return odd(op, errStatement.Error()) }
	inflated, err := zlib.NewReader(base64.NewDecoder(base64.StdEncoding, answer.section("fileContent")))
	if err != nil {
		return bad(err)
	}
	spool, size, err := keep(op, inflated, maxArchive, bad)
	if err != nil {
		return err
	}
	defer drop(spool)
	archive, err := zip.NewReader(spool, size)
	if err != nil {
		return bad(err)
	}
	err = a.readArchive(archive, day, each)
	if err != nil && !errors.Is(err, errStopped) {
		return bad(err)
	}
	return err
}
