package alipay

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/providers"
)

const (
	maxNotice = 64 << 10 // bytes of a callback's body
	formType  = "application/x-www-form-urlencoded"
)

// ParseNotice verifies before it reads. Every error is providers.ErrForged, but for
// a genuine notice of a kind this adapter does not know. What it says of amounts and
// states is not read: the query decides. Callbacks carry no fresh time, so that old
// ones verify as well; the key, notify_id, is the same over all resends.
func (a *Adapter) ParseNotice(header http.Header, body []byte, _ time.Time) (providers.Notice, error) {
	said, err := form(header, body)
	if err == nil {
		err = a.verify(said)
	}
	if err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	switch {
	case said.Get("app_id") != a.AppID || said.Get("seller_id") != a.SellerID:
		return providers.Notice{}, fmt.Errorf("%w: for another account", providers.ErrForged)
	case said.Get("notify_id") == "":
		return providers.Notice{}, fmt.Errorf("%w: without an id", providers.ErrForged)
	case said.Get("notify_type") != "trade_status_sync" || !numberForm.MatchString(said.Get("out_trade_no")):
		return providers.Notice{}, errors.New("alipay: a notice that is not understood")
	}
	notice := providers.Notice{
		Key: said.Get("notify_id"), Kind: providers.PaymentNotice, Number: said.Get("out_trade_no"),
		Type: short(said.Get("trade_status"), 64),
	}
	// A refund has the same state as its payment. One without a number of ours was
	// made by hand at Alipay: then the order is to be looked at.
	if refund := said.Get("out_biz_no"); numberForm.MatchString(refund) {
		notice.Kind, notice.Refund = providers.RefundNotice, refund
	}
	return notice, nil
}

var (
	errForm      = errors.New("it is not a form of the expected shape")
	errSignature = errors.New("the signature is not Alipay's")
	keyForm      = regexp.MustCompile(`^[0-9A-Za-z_]{1,64}$`)
)

// form reads a body as the form it says to be. Each name must be there once: with
// two, somebody else might read the other one. The signature is over the values one
// after the other, with & between them, so that a value with an & could be cut into
// others that look as well signed.
func form(header http.Header, body []byte) (url.Values, error) {
	kinds := header.Values("Content-Type")
	if len(kinds) != 1 || len(body) > maxNotice {
		return nil, errForm
	}
	kind, parameters, err := mime.ParseMediaType(kinds[0])
	charset := parameters["charset"]
	if err != nil || kind != formType || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, errForm
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errForm
	}
	for name, all := range values {
		if len(all) != 1 || !keyForm.MatchString(name) || strings.Contains(all[0], "&") {
			return nil, errForm
		}
	}
	return values, nil
}

// verify checks what the signature does not cover before it checks the signature.
// The certificate may be named or not; the library would take any number of one for
// an order to look for it.
func (a *Adapter) verify(said url.Values) (err error) {
	if bug.SkipVerify {
		return nil
	}
	if _, ok := exact(said.Get("sign")); !ok || said.Get("sign_type") != "RSA2" ||
		said.Has("alipay_cert_sn") && (a.trust.serial == "" || said.Get("alipay_cert_sn") != a.trust.serial) {
		return errSignature
	}
	defer func() {
		if recover() != nil {
			err = errSignature
		}
	}()
	if a.client.VerifySign(said) != nil {
		return errSignature
	}
	return nil
}

// Ack says stored, in the one word that Alipay understands, or 503 so that it comes
// again.
func (a *Adapter) Ack(stored bool) providers.Ack {
	const kind = "text/plain; charset=utf-8"
	if stored {
		return providers.Ack{Status: http.StatusOK, ContentType: kind, Body: "success"}
	}
	return providers.Ack{Status: http.StatusServiceUnavailable, ContentType: kind, Body: "fail"}
}
