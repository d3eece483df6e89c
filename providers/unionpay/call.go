package unionpay

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

const (
	frontPath = "/frontTransReq.do" // where a browser posts to
	backPath  = "/backTransReq.do"
	queryPath = "/queryTrans.do"
	appPath   = "/appTransReq.do"

	maxAnswer = 5 << 20 // bytes: what UnionPay says a message has at most
)

// ask makes a call and is its answer, verified and about what was asked. Every
// error is a *providers.Error; one with UnionPay's own code was signed.
func (a *Adapter) ask(ctx context.Context, op, path string, said fields) (message, error) {
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	body, err := a.post(ctx, op, a.gateway+path, said)
	if err != nil {
		return message{}, err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	switch {
	case err != nil:
		return message{}, noAnswer(ctx, op, err)
	case len(text) > maxAnswer:
		return message{}, odd(op, "the answer is too long")
	}
	answer, err := parse(strings.NewReader(string(text)), int64(len(text)))
	if err != nil {
		return message{}, odd(op, "the answer is not a form")
	}
	return answer, a.accept(op, said, answer)
}

// post sends a signed form and opens the answer. Only a 200 has one: all others
// come from whatever stands before UnionPay, and are signed by nobody.
func (a *Adapter) post(ctx context.Context, op, address string, said fields) (io.ReadCloser, error) {
	all, err := a.signed(said)
	if err != nil {
		return nil, definite(op, "KEY", err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(encode(all)))
	if err != nil {
		return nil, definite(op, "ADDRESS", "the gateway has no proper address")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset="+charset)
	response, err := a.client.Do(request)
	if err != nil {
		return nil, noAnswer(ctx, op, err)
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	response.Body.Close()
	failed := &providers.Error{
		Class: providers.Ambiguous, Op: op, Code: strconv.Itoa(response.StatusCode),
		Message: "an answer that is not signed",
	}
	if response.StatusCode == http.StatusTooManyRequests { // turned away at the door
		failed.Class = providers.Refused
	}
	return nil, failed
}

func encode(said fields) string {
	form := url.Values{}
	for key, value := range said {
		form.Set(key, value)
	}
	return form.Encode()
}

// accept verifies an answer, and only then reads it: it must be about what was
// asked, since an answer carries no time and any old one verifies. A refusal may
// leave out what it could not read, a success may not.
func (a *Adapter) accept(op string, said fields, answer message) error {
	if a.verify(answer, time.Now()) != nil {
		return odd(op, "the answer does not verify")
	}
	code := answer.get("respCode")
	for key, asked := range map[string]string{
		"merId": a.MerID, "orderId": said["orderId"], "txnTime": said["txnTime"],
	} {
		got := answer.get(key)
		if asked != "" && got != asked && (got != "" || succeeded(code)) {
			return odd(op, "the answer is about something else")
		}
	}
	if succeeded(code) {
		return nil
	}
	return refused(op, code, answer.get("respMsg"))
}

func definite(op, code, message string) error {
	return &providers.Error{Class: providers.Definite, Op: op, Code: code, Message: message}
}

// odd is an answer that cannot be used; what was asked may have been done.
func odd(op, message string) error {
	return &providers.Error{Class: providers.Ambiguous, Op: op, Code: "ANSWER", Message: message}
}

func noAnswer(ctx context.Context, op string, err error) error {
	return providers.NoAnswer(ctx, op, "UnionPay", err)
}

// stamp is a moment as UnionPay writes it; with a number it names an order.
func stamp(at time.Time) string { return at.In(shanghai).Format("20060102150405") }

// identified refuses what cannot be the name of an order: a number and a time.
func identified(op, number string, created time.Time) error {
	if numberForm.MatchString(number) && !created.IsZero() {
		return nil
	}
	return definite(op, "NUMBER", "an order is named by 26 characters [0-9A-Z] and the time it was made")
}
