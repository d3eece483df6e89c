package toy

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// tolerance is how old a callback may be.
const tolerance = 300 * time.Second

// ParseNotice verifies the raw body before it reads. Each header must be there once:
// with two, somebody else might read the other one.
func (a *Adapter) ParseNotice(header http.Header, body []byte, now time.Time) (providers.Notice, error) {
	stamp := header.Get("Toy-Time")
	if len(header.Values("Toy-Time")) != 1 || len(header.Values("Toy-Sign")) != 1 ||
		!same(header.Get("Toy-Sign"), a.sign(stamp, string(body))) {
		return providers.Notice{}, providers.ErrForged
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return providers.Notice{}, providers.ErrForged
	}
	var news struct{ ID, Account, Number, Refund string }
	if json.Unmarshal(body, &news) != nil || news.ID == "" || news.Account != a.settings.Account {
		return providers.Notice{}, providers.ErrForged
	}
	notice := providers.Notice{
		Key: news.ID, Kind: providers.PaymentNotice, Number: news.Number, Refund: news.Refund,
	}
	if news.Refund != "" {
		notice.Kind = providers.RefundNotice
	}
	return notice, nil
}

// Ack says yes by 200, and anything else has the provider come again.
func (a *Adapter) Ack(stored bool) providers.Ack {
	status := http.StatusServiceUnavailable
	if stored {
		status = http.StatusOK
	}
	return providers.Ack{Status: status, ContentType: "text/plain"}
}
