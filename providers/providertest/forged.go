package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// spoiledNotice lets the simulator spoil the first delivery; the genuine one
// that follows must still be believed.
func spoiledNotice(mode string) func(ctx context.Context, b *Bench) error {
	return func(ctx context.Context, b *Bench) error {
		b.Inbox.Refuse(1)
		payment, err := b.made(ctx, 6600)
		if err != nil {
			return err
		}
		if err := b.callbackFault(ctx, payment, mode); err != nil {
			return err
		}
		came, err := b.Inbox.Wait(ctx, 2)
		if err != nil {
			return err
		}
		if err := b.refused(came[0]); err != nil {
			return err
		}
		_, err = b.about(came[1], providers.PaymentNotice, payment.Number, "")
		return err
	}
}

var errBelieved = errors.New("a callback was believed that must not be")

// refused checks that a callback is not believed and nothing of it is handed out.
func (b *Bench) refused(d Delivery) error {
	notice, err := b.parse(d)
	if err == nil || notice != (providers.Notice{}) {
		return errBelieved
	}
	return nil
}

func noticeForged(ctx context.Context, b *Bench) error {
	_, delivery, err := b.told(ctx)
	if err != nil {
		return err
	}
	delivery.Body = append(delivery.Body, ' ')
	if _, err := b.parse(delivery); !errors.Is(err, providers.ErrForged) {
		return fmt.Errorf("want ErrForged, got %s", words(err))
	}
	return nil
}

func noticeCut(ctx context.Context, b *Bench) error {
	_, delivery, err := b.told(ctx)
	if err != nil {
		return err
	}
	whole := delivery.Body
	for n := range whole {
		delivery.Body = whole[:n]
		if err := b.refused(delivery); err != nil {
			return fmt.Errorf("%d of %d bytes: %w", n, len(whole), err)
		}
	}
	return nil
}

func noticeTimes(ctx context.Context, b *Bench) error {
	before := time.Now()
	_, d, err := b.told(ctx)
	if err != nil {
		return err
	}
	after := time.Now() // it was stamped somewhere in between
	for at, believed := range map[time.Time]bool{
		before.Add(-302 * time.Second): false, after.Add(-295 * time.Second): true,
		before.Add(295 * time.Second): true, after.Add(302 * time.Second): false,
		after.AddDate(0, 0, 100): false,
	} {
		_, err := b.Adapter.ParseNotice(d.Header, d.Body, at)
		if (err == nil) != believed {
			return fmt.Errorf("read %s after it was sent: %s", at.Sub(after), words(err))
		}
	}
	return nil
}

// noticeUnsigned takes the headers away, all of them and one by one, as far as
// they belong to the provider: those that an ordinary client sends do not count.
func noticeUnsigned(ctx context.Context, b *Bench) error {
	_, d, err := b.told(ctx)
	if err != nil {
		return err
	}
	genuine := d.Header
	d.Header = http.Header{}
	if err := b.refused(d); err != nil {
		return err
	}
	for _, name := range own(genuine) {
		d.Header = genuine.Clone()
		d.Header.Del(name)
		if err := b.refused(d); err != nil && !slices.Contains(b.Traits.OptionalHeaders, name) {
			return fmt.Errorf("without %s: %w", name, err)
		}
		d.Header = genuine.Clone()
		d.Header.Add(name, genuine.Get(name)+"x")
		if err := b.refused(d); err != nil {
			return fmt.Errorf("with a second %s: %w", name, err)
		}
	}
	return nil
}
