package unionpay

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

const maxNotice = 64 << 10 // bytes of a callback's body

var errNotice = errors.New("unionpay: a notice that is not understood")

// ParseNotice verifies before it reads. Every error is providers.ErrForged, but for
// a genuine notice of a kind this adapter does not know. A callback carries no fresh
// time: an old one is as good, and only its key tells that it came before.
func (a *Adapter) ParseNotice(header http.Header, body []byte, now time.Time) (providers.Notice, error) {
	said, err := readForm(header, body)
	if err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	m := compose(said)
	if err := a.verify(m, now); err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	if said["merId"] != a.MerID {
		return providers.Notice{}, fmt.Errorf("%w: for another account", providers.ErrForged)
	}
	return reading(said)
}

// readForm reads the body of a callback, which is encoded as any browser's form is.
// A field that is there twice is refused: somebody else might read the other one.
func readForm(header http.Header, body []byte) (fields, error) {
	kinds := header.Values("Content-Type")
	if len(kinds) != 1 || len(body) > maxNotice {
		return nil, errForm
	}
	kind, parameters, err := mime.ParseMediaType(kinds[0])
	encoding := parameters["charset"]
	if err != nil || kind != "application/x-www-form-urlencoded" ||
		encoding != "" && !strings.EqualFold(encoding, charset) {
		return nil, errForm
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form) == 0 || len(form) > maxFields {
		return nil, errForm
	}
	said := fields{}
	for key, values := range form {
		if len(values) != 1 || key == "" {
			return nil, errForm
		}
		said[key] = values[0]
	}
	return said, nil
}

// reading says what a genuine callback is about. UnionPay tells successes only, and
// of a refund neither the payment's number nor that it is one of ours: the reserved
// field, which was sent along, does.
func reading(said fields) (providers.Notice, error) {
	notice := providers.Notice{
		Key: strings.Join([]string{
			said["merId"], said["orderId"], said["txnTime"], said["txnType"], said["respCode"],
		}, "."),
		Type: said["txnType"] + "." + said["respCode"],
	}
	if !succeeded(said["respCode"]) || !numberForm.MatchString(said["orderId"]) {
		return providers.Notice{}, errNotice
	}
	switch {
	case said["txnType"] == "01":
		notice.Kind, notice.Number = providers.PaymentNotice, said["orderId"]
		return notice, nil
	case said["txnType"] == typeRefund && numberForm.MatchString(said["reqReserved"]):
		notice.Kind, notice.Number = providers.RefundNotice, said["reqReserved"]
		notice.Refund = said["orderId"]
		return notice, nil
	}
	return providers.Notice{}, errNotice
}

// Ack says stored, or 503 so that UnionPay comes again: it reads the status only.
func (a *Adapter) Ack(stored bool) providers.Ack {
	if stored {
		return providers.Ack{Status: http.StatusOK, ContentType: "text/plain", Body: "ok"}
	}
	return providers.Ack{Status: http.StatusServiceUnavailable, ContentType: "text/plain", Body: "try again"}
}
