package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/providers"
)

// patience bounds a call where the client given does not.
const patience = 10 * time.Second

// head is what every answer begins with; a login's success has none of it. What
// sub_msg says is not read: it may quote all that was sent.
type head struct {
	Code    string `json:"code"`
	SubCode string `json:"sub_code"`
}

// done is the code of a success.
const done = "10000"

// ask makes one call and reads the answer. Every error is a *providers.Error, or
// ErrLogin. All calls carry a number of ours and may be repeated, but none is from here.
func (a *Adapter) ask(ctx context.Context, op string, what *library.Payload, into any) error {
	ctx, cancel := context.WithTimeout(about(ctx, what.APIName()), a.patience)
	defer cancel()
	answer, err := a.request(ctx, what)
	if err != nil {
		return explain(ctx, op, err)
	}
	var said head
	if json.Unmarshal(answer, &said) != nil {
		return odd(op, "the answer cannot be read")
	}
	if said.Code != done && (op != "login" || said.Code != "") {
		return refused(op, said)
	}
	if json.Unmarshal(answer, into) != nil {
		return odd(op, "the answer cannot be read")
	}
	return nil
}

var errPanic = errors.New("the library gave up")

// request is the node of the answer as it came, proved. The library panics on some
// answers.
func (a *Adapter) request(ctx context.Context, what *library.Payload) (answer json.RawMessage, err error) {
	defer func() {
		if recover() != nil {
			answer, err = nil, errPanic
		}
	}()
	err = a.client.Request(ctx, what, &answer)
	return answer, err
}

// explain puts a failed call into the words of the engine.
func explain(ctx context.Context, op string, err error) error {
	var said *library.Error
	var wire *url.Error
	var status statusError
	var unproved rumour
	switch {
	case op == "login" && errors.As(err, &unproved) && unproved.code == codeSpent:
		return providers.ErrLogin // to believe it costs whoever logs in a second try
	case errors.As(err, &said) && said != nil:
		return refused(op, head{Code: string(said.Code), SubCode: said.SubCode})
	case errors.As(err, &status):
		return &providers.Error{
			Class: providers.Ambiguous, Op: op, Code: strconv.Itoa(int(status)),
			Message: "an answer that is not signed",
		}
	case errors.Is(err, errUnsigned) || errors.Is(err, errTooLong):
		return odd(op, "the answer is not one that Alipay signed")
	case errors.As(err, &wire) || ctx.Err() != nil:
		return noAnswer(ctx, op, err)
	default: // the library's words may quote the answer
		return odd(op, "the answer does not verify or cannot be read")
	}
}

func definite(op, code, message string) error {
	return &providers.Error{Class: providers.Definite, Op: op, Code: code, Message: message}
}

// odd is an answer that cannot be used; what was asked may have been done.
func odd(op, message string) error {
	return &providers.Error{Class: providers.Ambiguous, Op: op, Code: "ANSWER", Message: message}
}

func noAnswer(ctx context.Context, op string, err error) error {
	return providers.NoAnswer(ctx, op, "Alipay", err)
}

// number refuses what is no number of ours before it gets into a call.
func number(op, n string) error {
	if numberForm.MatchString(n) {
		return nil
	}
	return definite(op, "NUMBER", "the number is 26 characters [0-9A-Z]")
}
