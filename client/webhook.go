package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

const (
	secretPrefix = "whsec_"
	maxWebhook   = 256 << 10 // bytes
	usualAge     = 5 * time.Minute
)

// Why a webhook is not believed.
var (
	ErrUnsigned = errors.New("no signature of this webhook is by a secret that we have")
	ErrTooOld   = errors.New("the webhook's timestamp is too far from now")
)

// Webhooks proves webhooks by the secrets of an endpoint: two of them while one is exchanged for the other.
type Webhooks struct {
	Secrets   []string         // whsec_…
	Tolerance time.Duration    // how far the timestamp may be from now, either way; 0: 5 minutes
	Clock     func() time.Time // nil: time.Now
}

// Event is a webhook that was proven. ID stays the same when it is sent again: act once on it.
type Event struct {
	ID string
	Notice
}

// Verify proves a webhook by its headers and its raw body, which must not have been changed in between.
func (w Webhooks) Verify(header http.Header, body []byte) (Event, error) {
	id, stamp := header.Get(HeaderID), header.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" {
		return Event{}, ErrUnsigned
	}
	signed := false
	for _, secret := range w.Secrets {
		own, err := Sign(secret, id, time.Unix(seconds, 0), body)
		if err != nil {
			return Event{}, err
		}
		for given := range strings.FieldsSeq(header.Get(HeaderSignature)) {
			signed = signed || hmac.Equal([]byte(own), []byte(given))
		}
	}
	if !signed {
		return Event{}, ErrUnsigned
	}
	if age := w.now().Sub(time.Unix(seconds, 0)); age.Abs() > w.tolerance() {
		return Event{}, ErrTooOld
	}
	event := Event{ID: id}
	if err := json.Unmarshal(body, &event.Notice); err != nil {
		return Event{}, fmt.Errorf("read the webhook: %w", err)
	}
	return event, nil
}

// Handler answers webhooks: 204 when act has taken one, 401 to what is not proven, and 500 when act fails, so
// that it is sent again.
func (w Webhooks) Handler(act func(*http.Request, Event) error) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(out, request.Body, maxWebhook))
		if err != nil {
			http.Error(out, "not readable", http.StatusBadRequest)
			return
		}
		event, err := w.Verify(request.Header, body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusUnauthorized)
			return
		}
		if err := act(request, event); err != nil {
			http.Error(out, "not taken", http.StatusInternalServerError)
			return
		}
		out.WriteHeader(http.StatusNoContent)
	})
}

func (w Webhooks) now() time.Time {
	if w.Clock != nil {
		return w.Clock()
	}
	return time.Now()
}

func (w Webhooks) tolerance() time.Duration {
	if w.Tolerance > 0 {
		return w.Tolerance
	}
	return usualAge
}

// Sign is the signature of a webhook as Standard Webhooks writes it, "v1,…". Merchants need it in their own
// tests only.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return "", errors.New("a webhook secret is whsec_ and base64")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}
