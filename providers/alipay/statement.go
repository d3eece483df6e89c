package alipay

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/providers"
)

const (
	billPatience = 5 * time.Minute // for callers who set no deadline
	billAfter    = 10 * time.Hour  // a day's bill is there at ten the next morning
	maxBill      = 2 << 30         // bytes, unpacked
)

// Statement is the trade bill of a day: the payments and refunds of the merchant, of
// all its apps. That there is none is believed from ten the next morning on, and
// Refused before, with the time that is left.
//
// The file is spooled to disk, since a zip begins at its end. Nobody signs it: its
// checksum, its sums at the end and whom it names prove that it is whole.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		stopped := false
		err := a.statement(ctx, day.In(shanghai), func(entry providers.Entry) bool {
			stopped = !yield(entry, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(providers.Entry{}, err)
		}
	}
}

func (a *Adapter) statement(ctx context.Context, date time.Time, each func(providers.Entry) bool) error {
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, billPatience)
		defer cancel()
	}
	address, err := a.billAddress(ctx, date)
	if err != nil {
		return noStatement(err, date, time.Now())
	}
	file, size, err := a.download(ctx, address)
	if err != nil {
		return err
	}
	defer file.Close()
	packed, err := details(file, size)
	if err != nil {
		return odd("statement", "the bill is not packed as it should be")
	}
	defer packed.Close()
	if err := a.readBill(packed, date, each); err != nil {
		return odd("statement", err.Error())
	}
	return nil
}

// billAddress is where a day's bill is to be had, for 30 seconds.
func (a *Adapter) billAddress(ctx context.Context, date time.Time) (*url.URL, error) {
	var where struct {
		URL string `json:"bill_download_url"`
	}
	err := a.ask(ctx, "statement", library.NewPayload("alipay.data.dataservice.bill.downloadurl.query").
		AddBizField("bill_type", "trade").AddBizField("bill_date", date.Format(time.DateOnly)), &where)
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(where.URL)
	if err != nil {
		return nil, odd("statement", "the bill's address is not Alipay's")
	}
	if address.Scheme == "http" && slices.Contains(billHosts, address.Host) { // as older documents write it
		address.Scheme = "https"
	}
	if !keepsBills(a.gateway, address) {
		return nil, odd("statement", "the bill's address is not Alipay's")
	}
	return address, nil
}

// noStatement tells a day without money from one whose bill is not made yet.
func noStatement(err error, date, now time.Time) error {
	midnight := time.Date(date.Year(), date.Month(), date.Day()+1, 0, 0, 0, 0, shanghai)
	left := midnight.Add(billAfter).Sub(now)
	var known *providers.Error
	if !told(err, noBill) || !errors.As(err, &known) {
		return err
	}
	if left <= 0 {
		return nil
	}
	known.Class, known.RetryAfter = providers.Refused, left
	return known
}

// download spools a bill. The file has no name any more, so that it is gone with the
// process at the latest.
func (a *Adapter) download(ctx context.Context, address *url.URL) (*os.File, int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, 0, odd("statement", "the bill's address cannot be called")
	}
	response, err := a.files.Do(request)
	if err != nil {
		return nil, 0, noAnswer(ctx, "statement", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, 0, odd("statement", "the bill cannot be had any more")
	}
	file, err := os.CreateTemp("", "bill-*.zip")
	if err != nil {
		return nil, 0, odd("statement", "there is no place for the bill")
	}
	size, err := io.Copy(file, response.Body)
	if err = errors.Join(err, os.Remove(file.Name())); err != nil {
		return nil, 0, errors.Join(noAnswer(ctx, "statement", err), file.Close())
	}
	return file, size, nil
}
