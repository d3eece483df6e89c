package wechatpay

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// patience bounds a call where the client given does not.
const patience = 10 * time.Second

// exchange is one call to WeChat Pay. Once says that doing it twice could do
// something twice; all but one of our calls are safe to repeat, since they carry
// a number of ours.
type exchange struct {
	op    string
	reads bool // changes nothing
	once  bool
	file  bool // a whole bill travels, which may take long
	do    func(ctx context.Context) error
}

// call makes an exchange, on the backup domain as well if there is one and the
// first gave no answer. Each try is signed anew. Every error is a *providers.Error
// or one that Close may answer.
func (a *Adapter) call(ctx context.Context, x exchange) error {
	patience := a.patience
	if x.file {
		patience = billPatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if a.public == nil {
		if err := a.certs.ready(ctx); err != nil {
			return noAnswer(ctx, x.op, err)
		}
	}
	if x.reads {
		return replayed(a.tries(ctx, x))
	}
	return a.tries(ctx, x)
}

func (a *Adapter) tries(ctx context.Context, x exchange) error {
	err := a.firstTry(ctx, x)
	if err == nil || a.backup == nil || !a.repeatable(ctx, x, err) {
		return a.explain(ctx, x.op, err)
	}
	failed := a.explain(ctx, x.op, x.do(onBackup(ctx)))
	var known *providers.Error
	if !neverSent(err) && !x.reads && errors.As(failed, &known) && known.Class == providers.Definite {
		known.Class = providers.Ambiguous // the first try may have been done, whatever became of this one
	}
	return failed
}

// firstTry leaves half of the time to a second one, where that may be needed.
func (a *Adapter) firstTry(ctx context.Context, x exchange) error {
	if a.backup == nil {
		return x.do(ctx)
	}
	end, _ := ctx.Deadline()
	half, cancel := context.WithTimeout(ctx, time.Until(end)/2)
	defer cancel()
	return x.do(half)
}

// repeatable says whether a failed try may be made again on another domain:
// always if nothing can have been sent, else if there was no answer and doing it
// twice is doing it once. What was answered was answered.
func (a *Adapter) repeatable(ctx context.Context, x exchange, err error) bool {
	var wire *url.Error
	if ctx.Err() != nil || !errors.As(err, &wire) || errors.Is(err, errHost) {
		return false
	}
	return neverSent(err) || !x.once
}

// neverSent says whether a call failed before there was a connection.
func neverSent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}

func definite(op, code, message string) error {
	return &providers.Error{Class: providers.Definite, Op: op, Code: code, Message: message}
}

// odd is an answer that cannot be used; what was asked may have been done.
func odd(op, message string) error {
	return &providers.Error{Class: providers.Ambiguous, Op: op, Code: "ANSWER", Message: message}
}

func noAnswer(ctx context.Context, op string, err error) error {
	return providers.NoAnswer(ctx, op, "WeChat Pay", err)
}

// number refuses what is no number of ours before it gets into an address.
func number(op, n string) error {
	if numberForm.MatchString(n) {
		return nil
	}
	return definite(op, "NUMBER", "the number is 26 characters [0-9A-Z]")
}

// text is a field of an answer that may be absent.
func text[T ~string](field *T) string {
	if field == nil {
		return ""
	}
	return string(*field)
}
