package mockpay

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/providers"
)

// tolerance fits a provider that stamps and signs each delivery anew.
const tolerance = 300 * time.Second

// maxNotice bounds a callback's body in bytes.
const maxNotice = 64 << 10

// ParseNotice verifies before it reads. Every error is providers.ErrForged, but
// for a genuine notice of a kind this adapter does not know.
func (a *Adapter) ParseNotice(header http.Header, body []byte, now time.Time) (providers.Notice, error) {
	if !bug.SkipVerify && !a.verified(header, body, now) {
		return providers.Notice{}, providers.ErrForged
	}
	var said notice
	if err := json.Unmarshal(body, &said); err != nil {
		return providers.Notice{}, fmt.Errorf("%w: not JSON", providers.ErrForged)
	}
	if said.ID != header.Get("Mockpay-Event") {
		return providers.Notice{}, fmt.Errorf("%w: two ids", providers.ErrForged)
	}
	if said.Merchant != a.settings.Merchant || said.AppID != a.settings.AppID {
		return providers.Notice{}, fmt.Errorf("%w: for another account", providers.ErrForged)
	}
	return said.reading()
}

// verified checks the signature over the raw body in constant time. Each header
// must be there once: with two, somebody else might read the other one.
func (a *Adapter) verified(header http.Header, body []byte, now time.Time) bool {
	for _, name := range []string{"Mockpay-Event", "Mockpay-Timestamp", "Mockpay-Signature"} {
		if len(header.Values(name)) != 1 {
			return false
		}
	}
	if len(body) > maxNotice || header.Get("Mockpay-Event") == "" {
		return false
	}
	stamp := header.Get("Mockpay-Timestamp")
	want := mac(a.settings.CallbackSecret, header.Get("Mockpay-Event"), stamp, string(body))
	if !hmac.Equal([]byte(want), []byte(header.Get("Mockpay-Signature"))) {
		return false
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && now.Sub(time.Unix(seconds, 0)).Abs() <= tolerance
}

func (n notice) reading() (providers.Notice, error) {
	read := providers.Notice{Key: n.ID, Number: n.Order.Number, Type: n.Type}
	switch {
	case n.Type == "ping":
		read.Kind = providers.Probe
		return read, nil
	case !numberForm.MatchString(n.Order.Number):
	case strings.HasPrefix(n.Type, "payment."):
		read.Kind = providers.PaymentNotice
		return read, nil
	case strings.HasPrefix(n.Type, "refund.") && n.Refund != nil && numberForm.MatchString(n.Refund.Number):
		read.Kind, read.Refund = providers.RefundNotice, n.Refund.Number
		return read, nil
	}
	return providers.Notice{}, fmt.Errorf("mockpay: a notice of type %q is not understood", n.Type)
}

// Ack says OK, or 503 so that the provider comes again.
func (a *Adapter) Ack(stored bool) providers.Ack {
	if stored {
		return providers.Ack{Status: http.StatusOK, ContentType: "text/plain", Body: "OK"}
	}
	return providers.Ack{Status: http.StatusServiceUnavailable, ContentType: "text/plain", Body: "RETRY"}
}
