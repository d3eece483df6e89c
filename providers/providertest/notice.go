package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

func noticeChecks(traits Traits) []Check {
	checks := []Check{
		{"notice/genuine_payment", noticeGenuine},
		{"notice/genuine_refund", noticeRefund},
		{"notice/resent_until_stored_under_one_key", noticeResent},
		{"notice/two_copies_carry_one_key", noticeDouble},
		{"notice/lost_ones_are_found_by_query", noticeLost},
		{"notice/every_changed_byte_is_refused", noticeTampered},
		{"notice/cut_short_is_refused", noticeCut},
		{"notice/unsigned_is_refused", noticeUnsigned},
		{"notice/wrong_key_is_refused", spoiledNotice("forged")},
		{"notice/truncated_on_the_way_is_refused", spoiledNotice("truncated")},
		{"notice/of_another_account_is_refused", spoiledNotice("foreign_account")},
		{"notice/errors_know_their_name", noticeForged},
	}
	checks = append(checks, unless(traits.NoStale, "callbacks carry no fresh time, so old ones are as good",
		Check{"notice/stale_is_refused", spoiledNotice("stale")},
		Check{"notice/times_are_compared", noticeTimes})...)
	for _, mode := range traits.Forgeries {
		checks = append(checks, Check{"notice/" + mode + "_is_refused", spoiledNotice(mode)})
	}
	return checks
}

func (b *Bench) parse(d Delivery) (providers.Notice, error) {
	return b.Adapter.ParseNotice(d.Header, d.Body, time.Now())
}

// told is a paid order and its first callback.
func (b *Bench) told(ctx context.Context) (providers.Payment, Delivery, error) {
	payment, err := b.paid(ctx, 6600)
	if err != nil {
		return payment, Delivery{}, err
	}
	came, err := b.Inbox.Wait(ctx, 1)
	if err != nil {
		return payment, Delivery{}, err
	}
	return payment, came[0], nil
}

// about checks that a callback is believed and says what it should.
func (b *Bench) about(
	d Delivery, kind providers.NoticeKind, number, refund string,
) (providers.Notice, error) {
	notice, err := b.parse(d)
	if err != nil {
		return notice, err
	}
	if notice.Key == "" || notice.Kind != kind || notice.Number != number || notice.Refund != refund {
		return notice, fmt.Errorf("want a %s notice about %s %s, got %+v", kind, number, refund, notice)
	}
	return notice, nil
}

func noticeGenuine(ctx context.Context, b *Bench) error {
	payment, delivery, err := b.told(ctx)
	if err != nil {
		return err
	}
	_, err = b.about(delivery, providers.PaymentNotice, payment.Number, "")
	return err
}

func noticeRefund(ctx context.Context, b *Bench) error {
	payment, _, err := b.told(ctx)
	if err != nil {
		return err
	}
	refund := b.back(payment, 600)
	if err := b.accept(ctx, refund); err != nil {
		return err
	}
	came, err := b.Inbox.Wait(ctx, 2)
	if err != nil {
		return err
	}
	_, err = b.about(came[1], providers.RefundNotice, payment.Number, refund.Number)
	return err
}

// noticeResent says "try again" twice and then "stored": both words must be
// understood by the provider.
func noticeResent(ctx context.Context, b *Bench) error {
	b.Inbox.Refuse(2)
	payment, _, err := b.told(ctx)
	if err != nil {
		return err
	}
	came, err := b.Inbox.Wait(ctx, 3)
	if err != nil {
		return err
	}
	if err := b.oneKey(came, payment.Number); err != nil {
		return err
	}
	return until(ctx, func() (bool, error) { return b.acknowledged(ctx, payment.Number, 3) })
}

func (b *Bench) oneKey(came []Delivery, number string) error {
	keys := map[string]bool{}
	for _, delivery := range came {
		notice, err := b.about(delivery, providers.PaymentNotice, number, "")
		if err != nil {
			return err
		}
		keys[notice.Key] = true
	}
	if len(keys) != 1 {
		return fmt.Errorf("one event has %d keys", len(keys))
	}
	return nil
}

// acknowledged says whether the provider took the n-th delivery for the last.
func (b *Bench) acknowledged(ctx context.Context, number string, n int) (bool, error) {
	effects, err := b.Driver.Journal(ctx, number)
	if err != nil {
		return false, err
	}
	sent := slices.DeleteFunc(effects, func(e Effect) bool { return e.Kind != "callback_sent" })
	if len(sent) > n {
		return false, fmt.Errorf("a stored callback was sent again (%d times)", len(sent))
	}
	return len(sent) == n && strings.Contains(sent[n-1].Note, "accepted"), nil
}

func noticeDouble(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 6600)
	if err != nil {
		return err
	}
	if err := b.callbackFault(ctx, payment, "double"); err != nil {
		return err
	}
	came, err := b.Inbox.Wait(ctx, 2)
	if err != nil {
		return err
	}
	return b.oneKey(came, payment.Number)
}

// callbackFault pays an order whose next callback is spoiled.
func (b *Bench) callbackFault(ctx context.Context, payment providers.Payment, mode string) error {
	if err := b.Driver.Fault(ctx, Fault{Op: OpCallback, Mode: mode, Number: payment.Number}); err != nil {
		return err
	}
	return b.Driver.Pay(ctx, payment.Number)
}

func noticeLost(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 6600)
	if err != nil {
		return err
	}
	if err := b.callbackFault(ctx, payment, "lost"); err != nil {
		return err
	}
	if err := b.captured(ctx, payment, 6600); err != nil {
		return err
	}
	if len(b.Inbox.deliveries()) != 0 {
		return errors.New("a lost callback came")
	}
	return nil
}
