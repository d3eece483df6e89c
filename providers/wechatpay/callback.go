package wechatpay

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/providers"
)

const (
	tolerance = 300 * time.Second // WeChat Pay stamps and signs each delivery anew
	maxNotice = 64 << 10          // bytes of a callback's body
	// noticePatience is for a certificate that has to be downloaded first: WeChat
	// Pay gives up after five seconds.
	noticePatience = 3 * time.Second
	signatureType  = "WECHATPAY2-SHA256-RSA2048"
	probePrefix    = "WECHATPAY/SIGNTEST/"
)

// envelope is the body of a callback.
type envelope struct {
	ID        string    `json:"id"`
	EventType string    `json:"event_type"`
	Resource  *resource `json:"resource"`
}

// event is what is read of a decrypted callback, of either kind. What it says of
// amounts is not read: the query decides.
type event struct {
	MchID  string `json:"mchid"`
	AppID  string `json:"appid"` // payments only
	Number string `json:"out_trade_no"`
	Refund string `json:"out_refund_no"`
}

// ParseNotice verifies before it reads. Every error is providers.ErrForged, but
// for a genuine notice of a kind this adapter does not know. WeChat Pay's probes
// are signed wrongly on purpose, and refused like all that is. In certificate
// mode an unknown serial number may cost a download, once a minute.
func (a *Adapter) ParseNotice(header http.Header, body []byte, now time.Time) (providers.Notice, error) {
	if err := a.verify(header, body, now); err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	var sealed envelope
	if err := unmarshal(body, &sealed); err != nil || sealed.Resource == nil || sealed.ID == "" {
		return providers.Notice{}, fmt.Errorf("%w: no envelope with an id and a resource", providers.ErrForged)
	}
	plain, err := a.decrypt(*sealed.Resource)
	if err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	var said event
	if err := unmarshal(plain, &said); err != nil {
		return providers.Notice{}, fmt.Errorf("%w: %w", providers.ErrForged, err)
	}
	return a.reading(sealed, said)
}

// reading checks that a genuine callback is about this account and understood.
func (a *Adapter) reading(sealed envelope, said event) (providers.Notice, error) {
	kind, _, _ := strings.Cut(sealed.EventType, ".")
	payment := kind == "TRANSACTION" && sealed.Resource.OriginalType == "transaction"
	refund := kind == "REFUND" && sealed.Resource.OriginalType == "refund"
	switch {
	case said.MchID != a.MchID || said.AppID != a.AppID && (payment || said.AppID != ""):
		return providers.Notice{}, fmt.Errorf("%w: for another account", providers.ErrForged)
	case payment && numberForm.MatchString(said.Number):
		return providers.Notice{
			Key: sealed.ID, Kind: providers.PaymentNotice, Number: said.Number, Type: sealed.EventType,
		}, nil
	case refund && numberForm.MatchString(said.Number) && numberForm.MatchString(said.Refund):
		return providers.Notice{
			Key: sealed.ID, Kind: providers.RefundNotice, Number: said.Number, Refund: said.Refund,
			Type: sealed.EventType,
		}, nil
	}
	return providers.Notice{}, errors.New("wechatpay: a notice that is not understood")
}

var (
	errHeaders   = errors.New("a header is missing, doubled or in no proper form")
	errStale     = errors.New("it was signed too long ago, or in the future")
	errSignature = errors.New("the signature is not WeChat Pay's")
)

// verify checks the signature over the raw body, against the caller's clock; the
// SDK would take its own. Each header must be there once and exactly: with two,
// somebody else might read the other one.
func (a *Adapter) verify(header http.Header, body []byte, now time.Time) error {
	var read [4]string
	for i, name := range []string{
		"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial",
	} {
		values := header.Values(name)
		if len(values) != 1 || values[0] == "" || values[0] != strings.TrimSpace(values[0]) {
			return errHeaders
		}
		read[i] = values[0]
	}
	stamp, nonce, signature, serial := read[0], read[1], read[2], read[3]
	types := header.Values("Wechatpay-Signature-Type")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	switch {
	case bug.SkipVerify:
		return nil
	case len(types) > 1, len(types) == 1 && types[0] != signatureType, len(body) > maxNotice, err != nil,
		stamp != strconv.FormatInt(seconds, 10), strings.HasPrefix(signature, probePrefix), !exact(signature):
		return errHeaders
	case now.Sub(time.Unix(seconds, 0)).Abs() >= tolerance:
		return errStale
	}
	ctx, cancel := context.WithTimeout(context.Background(), noticePatience)
	defer cancel()
	message := stamp + "\n" + nonce + "\n" + string(body) + "\n"
	if a.verifier.Verify(ctx, serial, message, signature) != nil {
		return errSignature
	}
	return nil
}

// exact says whether text is base64 in its one proper spelling; the library would
// also take others of the same bytes.
func exact(signature string) bool {
	decoded, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && base64.StdEncoding.EncodeToString(decoded) == signature
}

// Ack says stored, or 503 so that WeChat Pay comes again.
func (a *Adapter) Ack(stored bool) providers.Ack {
	const kind = "application/json"
	if stored {
		return providers.Ack{Status: http.StatusOK, ContentType: kind, Body: `{"code":"SUCCESS","message":""}`}
	}
	return providers.Ack{
		Status: http.StatusServiceUnavailable, ContentType: kind, Body: `{"code":"FAIL","message":"try again"}`,
	}
}
