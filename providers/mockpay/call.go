package mockpay

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

const (
	// patience is for callers who set no deadline.
	patience = 10 * time.Second
	// maxAnswer is well above a full page of a statement.
	maxAnswer = 1 << 20
	// maxPause is the longest that a statement is waited for, in seconds.
	maxPause = 24 * 60 * 60
)

func (a *Adapter) get(ctx context.Context, op, path string, into any) error {
	return a.call(ctx, exchange{op: op, method: http.MethodGet, path: path, into: into})
}

func (a *Adapter) post(ctx context.Context, op, path string, wanted, into any) error {
	return a.call(ctx, exchange{op: op, method: http.MethodPost, path: path, wanted: wanted, into: into})
}

// exchange is one call: wanted is its body and into takes the answer; both may be nil.
type exchange struct {
	op, method, path string
	wanted, into     any
}

// call signs, sends, verifies and decodes. Every error is a *providers.Error
// whose class is about this one call.
func (a *Adapter) call(ctx context.Context, x exchange) error {
	var body []byte
	if x.wanted != nil {
		var err error
		if body, err = json.Marshal(x.wanted); err != nil {
			return definite(x.op, "REQUEST", "the call cannot be written as JSON")
		}
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	request, err := http.NewRequestWithContext(ctx, x.method, a.settings.BaseURL+x.path, bytes.NewReader(body))
	if err != nil {
		return definite(x.op, "REQUEST", "the address cannot be called")
	}
	nonce := a.sign(request, body)
	response, err := a.client.Do(request)
	if err != nil {
		return wire(x.op, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return wire(x.op, err)
	case len(answer) > maxAnswer:
		return odd(x.op, "the answer is over 1 MiB")
	case !a.genuine(response, nonce, answer):
		return &providers.Error{
			Class: providers.Ambiguous, Op: x.op, Code: strconv.Itoa(response.StatusCode),
			Message: "the answer's signature does not verify",
		}
	}
	return decode(x.op, response.StatusCode, answer, x.into)
}

// decode reads an answer that is known to be the provider's.
func decode(op string, status int, answer []byte, into any) error {
	if status != http.StatusOK && status != http.StatusCreated && status != http.StatusNoContent {
		return refused(op, status, answer)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return odd(op, "the answer is not JSON of the expected form")
	}
	return nil
}

// refused keeps the provider's code. A replayed nonce means that the transport
// repeated this very call, so that its first copy may have been done.
func refused(op string, status int, answer []byte) error {
	failed := &providers.Error{
		Class: providers.ClassOfStatus(status), Op: op, Code: strconv.Itoa(status), Message: "refused",
	}
	var said refusal
	if err := json.Unmarshal(answer, &said); err == nil && said.Code != "" {
		failed.Code, failed.Message = said.Code, said.Message
	}
	switch failed.Code {
	case "NONCE_REPLAYED":
		failed.Class = providers.Ambiguous
	case "STATEMENT_MISSING", "STATEMENT_CREATING": // every day has one, sooner or later
		failed.Class = providers.Refused
		failed.RetryAfter = time.Duration(min(max(said.RetryAfter, 0), maxPause)) * time.Second
	}
	return failed
}

// sign adds the headers of a call and returns its nonce.
func (a *Adapter) sign(request *http.Request, body []byte) string {
	stamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), rand.Text()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Mockpay-Key", a.settings.KeyID)
	request.Header.Set("Mockpay-Timestamp", stamp)
	request.Header.Set("Mockpay-Nonce", nonce)
	request.Header.Set("Mockpay-Signature", mac(a.settings.Secret,
		request.Method, request.URL.RequestURI(), stamp, nonce, string(body)))
	return nonce
}

// genuine checks an answer against this call's nonce. The nonce is fresh and
// random, so the answer's timestamp need not be believed.
func (a *Adapter) genuine(response *http.Response, nonce string, answer []byte) bool {
	want := mac(a.settings.Secret, strconv.Itoa(response.StatusCode),
		response.Header.Get("Mockpay-Timestamp"), nonce, string(answer))
	return hmac.Equal([]byte(want), []byte(response.Header.Get("Mockpay-Signature")))
}

// mac joins its parts by newlines; the raw body is always last.
func mac(secret string, parts ...string) string {
	hash := hmac.New(sha256.New, []byte(secret))
	hash.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(hash.Sum(nil))
}

func definite(op, code, message string) error {
	return &providers.Error{Class: providers.Definite, Op: op, Code: code, Message: message}
}

// odd is an answer that cannot be used; what was asked may have been done.
func odd(op, message string) error {
	return &providers.Error{Class: providers.Ambiguous, Op: op, Code: "ANSWER", Message: message}
}

// wire is a call that got no answer. Even a connection that was refused is not
// taken for a proof: a proxy may have been in between.
func wire(op string, err error) error {
	return &providers.Error{
		Class: providers.Ambiguous, Op: op, Code: "WIRE", Message: "no answer from the provider", Err: err,
	}
}

func isCode(err error, code string) bool {
	var failed *providers.Error
	return errors.As(err, &failed) && failed.Code == code
}
