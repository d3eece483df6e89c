package wechatpay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"github.com/friendpay/friendpay/providers"
)

// code is WeChat Pay's own word for a refusal, under one spelling.
type code string

// refusal is the cause of an error whose code was signed.
type refusal struct{ code code }

func (r refusal) Error() string { return string(r.code) }

// Is lets the engine know an empty balance in its own word.
func (r refusal) Is(target error) bool {
	return r.code == emptyBalance && target == providers.ErrNoFunds
}

// The codes that are acted on. Documents of different age spell them with and
// without underscores and with other endings.
const (
	orderUnknown  code = "ORDERNOTEXIST"
	orderPaid     code = "ORDERPAID"
	orderClosed   code = "ORDERCLOSED"
	badSignature  code = "SIGNERROR"
	noRight       code = "NOAUTH"
	emptyBalance  code = "NOTENOUGH"
	thingUnknown  code = "RESOURCENOTEXISTS"
	noBill        code = "NOSTATEMENTEXIST"
	billInTheMake code = "STATEMENTCREATING"
)

var aliases = map[code]code{
	"ORDERNOTEXISTS": orderUnknown, "ORDERHASPAID": orderPaid, "ORDERHASCLOSED": orderClosed,
	"RESOURCENOTEXIST": thingUnknown, "REFUNDNOTEXIST": thingUnknown, "REFUNDNOTEXISTS": thingUnknown,
	"NOSTATEMENTEXISTS": noBill,
}

func spelling(word string) code {
	plain := code(strings.ToUpper(strings.ReplaceAll(word, "_", "")))
	if usual, known := aliases[plain]; known {
		return usual
	}
	return plain
}

// notNow are the codes of a provider that is there and will do it later.
var notNow = []code{
	"FREQUENCYLIMITED", "FREQUENCYLIMIT", "FREQUENCYLIMITEXCEED", "RATELIMITEXCEEDED", "RATELIMITEXCEED",
	"ORDERCLOSETOOEARLY", "USERPAYING", billInTheMake,
}

// mendable are what a refund is refused with while a person can put it right: a
// key, a right of the account, its balance. Nothing was done and the number is not
// used up, so the money goes back under it later. The time is between two tries.
var mendable = map[code]time.Duration{
	badSignature: time.Minute, noRight: time.Minute, emptyBalance: 10 * time.Minute,
}

// undecided are the codes after which nobody knows. An order that is made again
// and was paid meanwhile is there, with money in it.
var undecided = []code{"SYSTEMERROR", "BANKERROR", orderPaid}

// explain puts a failed try into the words of the engine.
func (a *Adapter) explain(ctx context.Context, op string, err error) error {
	var known *providers.Error
	var said *core.APIError
	var wire *url.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &said):
		return a.refused(ctx, op, said)
	case errors.As(err, &wire) || ctx.Err() != nil:
		return noAnswer(ctx, op, err)
	default: // the SDK's words may quote the answer
		return odd(op, "the answer does not verify or cannot be read")
	}
}

// refused is an answer that is not 2xx. The SDK does not verify those: only what
// WeChat Pay signed proves that nothing was done.
func (a *Adapter) refused(ctx context.Context, op string, said *core.APIError) error {
	failed := &providers.Error{
		Class: providers.Ambiguous, Op: op, Code: strconv.Itoa(said.StatusCode),
		Message: "a refusal that is not signed", RetryAfter: pause(said.Header),
	}
	answer := &http.Response{
		Header: said.Header, Body: io.NopCloser(bytes.NewReader([]byte(said.Body))),
	}
	if a.answers.Validate(ctx, answer) != nil {
		return failed
	}
	failed.Message = "refused"
	if said.Code != "" {
		failed.Code, failed.Message = short(said.Code, 64), short(said.Message, 200)
		failed.Err = refusal{spelling(said.Code)}
	}
	failed.Class = classOf(said.StatusCode, spelling(said.Code))
	if wait, ok := mendable[spelling(said.Code)]; ok && op == "refund" {
		failed.Class, failed.RetryAfter = providers.Refused, max(failed.RetryAfter, wait)
	}
	return failed
}

// replayed takes the certainty from a question whose signature was refused: Go
// repeats it by itself when a connection breaks, under the same nonce, which is
// not taken twice. What changes something is never repeated that way.
func replayed(err error) error {
	var failed *providers.Error
	if told(err, badSignature) && errors.As(err, &failed) {
		failed.Class = providers.Ambiguous
	}
	return err
}

func classOf(status int, said code) providers.Class {
	switch {
	case slices.Contains(notNow, said):
		return providers.Refused
	case slices.Contains(undecided, said):
		return providers.Ambiguous
	case said == "OPENIDMISMATCH": // told with status 500, and yet certain
		return providers.Definite
	case status == http.StatusServiceUnavailable: // a gateway's word, not the system's behind it
		return providers.Ambiguous
	default:
		return providers.ClassOfStatus(status)
	}
}

// told says whether WeChat Pay refused, verifiably, with one of these codes.
func told(err error, codes ...code) bool {
	var said refusal
	return errors.As(err, &said) && slices.Contains(codes, said.code)
}

// pause is how long WeChat Pay asks to wait, 0 where it does not say.
func pause(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > 24*60*60 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// short is whole UTF-8 of at most n characters.
func short(s string, n int) string {
	runes := []rune(strings.ToValidUTF8(s, ""))
	return string(runes[:min(n, len(runes))])
}
