package providertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// patience bounds one check. The simulator's speed must be high enough that its
// first retries and its refunds happen well within.
const patience = 30 * time.Second

// Check is one clause of the contract. Run returns what is wrong, or a *LeftOutError.
type Check struct {
	Name string
	Run  func(ctx context.Context, b *Bench) error
}

// Checks is the whole contract for a subject with these traits, what they leave out
// among it.
func Checks(traits Traits) []Check {
	var all []Check
	all = append(all, createChecks()...)
	all = append(all, payChecks()...)
	all = append(all, unless(traits.NoClose, noClose, closeChecks()...)...)
	all = append(all, unless(!traits.NoClose, "orders can be closed",
		Check{"no_close/it_is_told", closeNone})...)
	all = append(all, refundChecks(traits)...)
	all = append(all, outageChecks(traits)...)
	all = append(all, noticeChecks(traits)...)
	return append(all, statementChecks()...)
}

// Run checks the whole contract. The checks share one simulator and its faults,
// so they run one after the other. One that is left out tells why: it did not pass.
func Run(t *testing.T, subject Subject) {
	t.Helper()
	t.Attr(ProductAttribute, subject.Product)
	for _, check := range Checks(subject.Traits) {
		t.Run(check.Name, func(t *testing.T) {
			if subject.Traits.own(check.Name) {
				t.Attr(OwnAttribute, "true")
			}
			err := Try(t.Context(), subject, check)
			if reason := leftOut(err); reason != "" {
				t.Attr(WithoutAttribute, reason)
				return
			}
			require.NoError(t, err)
		})
	}
}

// Try runs one check with a callback address of its own.
func Try(ctx context.Context, subject Subject, check Check) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b := &Bench{Subject: subject, Inbox: newInbox(subject.Adapter)}
	defer b.Inbox.close()
	err := check.Run(ctx, b)
	return errors.Join(err, subject.Driver.ClearFaults(context.WithoutCancel(ctx)))
}

// Bench is what a check works with.
type Bench struct {
	Subject
	Inbox *Inbox
}

// Number mints a number in the form that is legal everywhere.
func Number() string { return rand.Text()[:26] }

// payment is an order of so many fen that is not made yet.
func (b *Bench) payment(fen int64) providers.Payment {
	return providers.Payment{
		Number: Number(), Product: b.Product, Amount: models.CNY(fen), Subject: "合同测试 contract",
		CreatedAt: time.Now(), ExpiresAt: time.Now().Add(30 * time.Minute), NotifyURL: b.Inbox.URL,
		ReturnURL: b.Inbox.URL + "/return", Payer: b.Payer, PayerIP: "203.0.113.9",
	}
}

// made is an order that the provider has.
func (b *Bench) made(ctx context.Context, fen int64) (providers.Payment, error) {
	payment := b.payment(fen)
	return payment, b.make(ctx, payment)
}

// make makes an order, and takes its payer to the cashier where it begins there.
func (b *Bench) make(ctx context.Context, payment providers.Payment) error {
	shown, err := b.Adapter.Create(ctx, payment)
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	err = b.open(ctx, shown)
	if err == nil || b.Traits.NoRepeat {
		return err
	}
	// A busy machine may need longer than a code is good for: whoever looks again gets another.
	if shown, err = b.Adapter.Create(ctx, payment); err != nil {
		return fmt.Errorf("create again: %w", err)
	}
	return b.open(ctx, shown)
}

func (b *Bench) open(ctx context.Context, shown providers.Presentation) error {
	if !b.Traits.AtCashier {
		return nil
	}
	if err := b.Driver.Open(ctx, shown); err != nil {
		return fmt.Errorf("open the cashier: %w", err)
	}
	return nil
}

// paid is an order that was paid.
func (b *Bench) paid(ctx context.Context, fen int64) (providers.Payment, error) {
	payment, err := b.made(ctx, fen)
	if err != nil {
		return payment, err
	}
	return payment, b.Driver.Pay(ctx, payment.Number)
}

func ref(payment providers.Payment) providers.Ref {
	return providers.Ref{Number: payment.Number, CreatedAt: payment.CreatedAt}
}

// back is a refund of so many fen of a payment that captured what it asked.
func (b *Bench) back(payment providers.Payment, fen int64) providers.Refund {
	return providers.Refund{
		Number: Number(), Payment: ref(payment), Total: payment.Amount, Amount: models.CNY(fen),
		Reason: "contract", NotifyURL: b.Inbox.URL, CreatedAt: time.Now(),
	}
}

// is checks the state the provider tells.
func (b *Bench) is(ctx context.Context, payment providers.Payment, want providers.State) error {
	status, err := b.Adapter.Query(ctx, ref(payment))
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	if status.State != want {
		return fmt.Errorf("the order is %s, not %s", status.State, want)
	}
	return nil
}

// count is how often something truly happened to an order.
func (b *Bench) count(ctx context.Context, number, kind string, want int) error {
	effects, err := b.Driver.Journal(ctx, number)
	if err != nil {
		return err
	}
	got := 0
	for _, effect := range effects {
		if effect.Kind == kind {
			got++
		}
	}
	if got != want {
		return fmt.Errorf("%s happened %d times, not %d", kind, got, want)
	}
	return nil
}

// class checks a failed call's class and that its text gives no secret away.
func (b *Bench) class(err error, want providers.Class) error {
	var failed *providers.Error
	if !errors.As(err, &failed) {
		return fmt.Errorf("want a *providers.Error of class %s, got %s", want, words(err))
	}
	if failed.Class != want {
		return fmt.Errorf("want class %s, got %w", want, err)
	}
	for _, secret := range b.Secrets {
		if strings.Contains(fmt.Sprintf("%+v %s", failed, failed.Err), secret) {
			return errors.New("the error gives a secret away")
		}
	}
	return nil
}

// words is an error for a message, also where there should have been one.
func words(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// until polls often, and returns when done says so or fails.
func until(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for {
		if is, err := done(); is || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return errNever
		}
	}
}
