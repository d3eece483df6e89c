package wechatpay

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"os"
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

// Where the two bills are asked for; the day follows.
const (
	tradeBill = "/v3/bill/tradebill?bill_type=ALL&tar_type=GZIP&bill_date="
	fundBill  = "/v3/bill/fundflowbill?account_type=BASIC&tar_type=GZIP&bill_date="
)

// bill is where a day's bill is to be had. The address is good for five minutes.
type bill struct {
	HashType    string `json:"hash_type"`
	HashValue   string `json:"hash_value"`
	DownloadURL string `json:"download_url"`
}

// Statement is the trade bill of a day: its payments and refunds of our app. That
// there is none is believed from ten the next morning on, and Refused before, with
// the time that is left; one that is being made is Refused for half an hour. A bill
// whose hash or summary is wrong is told as an error alone.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return stream(func() (*os.File, error) { return a.billOf(ctx, tradeBill, day) }, a.readTrades)
}

// FundFlow is the fund flow bill of a day: all that moved on the merchant's basic
// account, of whatever app. It is there, or not, as the trade bill is.
func (a *Adapter) FundFlow(ctx context.Context, day time.Time) iter.Seq2[providers.Movement, error] {
	return stream(func() (*os.File, error) { return a.billOf(ctx, fundBill, day) }, a.readFunds)
}

// billOf is the proven file of a day's bill, or nil where nothing happened. The
// deadline is for having it, not for reading it.
func (a *Adapter) billOf(ctx context.Context, kind string, day time.Time) (*os.File, error) {
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, billPatience)
		defer cancel()
	}
	date := day.In(shanghai)
	where, err := a.bill(ctx, kind+date.Format(time.DateOnly))
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
	var file *os.File
	download := func(ctx context.Context) (err error) {
		file, err = a.fetch(ctx, address.String(), where.HashValue)
		return err
	}
	err = a.call(ctx, exchange{op: "statement", reads: true, file: true, do: download})
	return file, err
}

func (a *Adapter) bill(ctx context.Context, path string) (bill, error) {
	var where bill
	err := a.call(ctx, exchange{op: "statement", reads: true, do: func(ctx context.Context) error {
		result, err := a.signed.Get(ctx, "https://"+mainHost+path)
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
