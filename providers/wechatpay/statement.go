package wechatpay

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"github.com/friendpay/friendpay/providers"
)

const (
	billPatience = 5 * time.Minute  // for callers who set no deadline
	billAfter    = 10 * time.Hour   // a day's bill is there at ten the next morning
	billPause    = 30 * time.Minute // while it is being made
	maxBill      = 2 << 30          // bytes, unpacked
)

// bill is where a day's bill is to be had. The address is good for five minutes.
type bill struct {
	HashType    string `json:"hash_type"`
	HashValue   string `json:"hash_value"`
	DownloadURL string `json:"download_url"`
}

// Statement is the trade bill of a day: its payments and refunds of our app. That
// there is none is believed from ten the next morning on, and Refused before, with
// the time that is left; one that is being made is Refused for half an hour.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		entries, err := a.statement(ctx, day)
		for _, entry := range entries {
			if !yield(entry, nil) {
				return
			}
		}
		if err != nil {
			yield(providers.Entry{}, err)
		}
	}
}

func (a *Adapter) statement(ctx context.Context, day time.Time) ([]providers.Entry, error) {
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, billPatience)
		defer cancel()
	}
	date := day.In(shanghai)
	where, err := a.bill(ctx, date.Format(time.DateOnly))
	if err != nil {
		return nil, noStatement(err, date, time.Now())
	}
	address, err := url.Parse(where.DownloadURL)
	if err != nil || address.Scheme != "https" || address.Host != mainHost && address.Host != backupHost {
		return nil, odd("statement", "the bill's address is not WeChat Pay's")
	}
	if where.HashType != "SHA1" {
		return nil, odd("statement", "the bill's hash is of a kind that is not understood")
	}
	var entries []providers.Entry
	download := func(ctx context.Context) (err error) {
		entries, err = a.fetch(ctx, address.String(), where.HashValue)
		return err
	}
	err = a.call(ctx, exchange{op: "statement", reads: true, file: true, do: download})
	return entries, err
}

func (a *Adapter) bill(ctx context.Context, date string) (bill, error) {
	var where bill
	err := a.call(ctx, exchange{op: "statement", reads: true, do: func(ctx context.Context) error {
		result, err := a.signed.Get(ctx, "https://"+mainHost+
			"/v3/bill/tradebill?bill_date="+date+"&bill_type=ALL&tar_type=GZIP")
		if err != nil {
			return err
		}
		return core.UnMarshalResponse(result.Response, &where)
	}})
	return where, err
}

// noStatement tells a day without money from one whose bill is not made yet.
func noStatement(err error, date, now time.Time) error {
	midnight := time.Date(date.Year(), date.Month(), date.Day()+1, 0, 0, 0, 0, shanghai)
	left := midnight.Add(billAfter).Sub(now)
	var known *providers.Error
	switch {
	case told(err, noBill) && left <= 0:
		return nil
	case told(err, noBill) && errors.As(err, &known):
		known.Class, known.RetryAfter = providers.Refused, left
	case told(err, billInTheMake) && errors.As(err, &known):
		known.RetryAfter = billPause
	}
	return err
}

// fetch reads a bill's file line by line. Files are not signed: nothing of one is
// believed unless all of it, unpacked, has the hash that was.
func (a *Adapter) fetch(ctx context.Context, address, hash string) ([]providers.Entry, error) {
	result, err := a.unsigned.Get(context.WithValue(ctx, bigAnswer, true), address)
	if err != nil {
		return nil, err
	}
	defer result.Response.Body.Close()
	unpacked, err := unpack(result.Response.Body)
	if err != nil {
		return nil, odd("statement", "the bill is not packed as it should be")
	}
	sum := sha1.New() // the only hash that WeChat Pay gives
	whole := io.TeeReader(io.LimitReader(unpacked, maxBill), sum)
	entries, wrong := a.readBill(whole)
	_, err = io.Copy(io.Discard, whole)
	if err != nil || hex.EncodeToString(sum.Sum(nil)) != strings.ToLower(hash) {
		return nil, odd("statement", "the bill is not the one that was promised")
	}
	if wrong != nil {
		return nil, odd("statement", wrong.Error())
	}
	return entries, nil
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
