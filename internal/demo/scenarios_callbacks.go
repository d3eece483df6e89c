package demo

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

func playDuplicateCallback(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.provider.spoil(ctx, fault{Op: "callback", Mode: "double", Number: made.Number}); err != nil {
		return err
	}
	if err := s.finish(ctx, made); err != nil {
		return err
	}
	return s.until(ctx, "both callbacks to be acknowledged", func() (bool, error) {
		entries, err := s.provider.journal(ctx, made.Number)
		return acknowledged(entries) == 2, err
	})
}

// forgeries are the callbacks that nobody may believe. An old one is among them where
// callbacks are signed with a time.
func (c channel) forgeries() []string {
	modes := []string{"forged", "truncated", "foreign_account"}
	if c.timeless {
		return modes
	}
	return append(modes, "stale")
}

func playForgedCallback(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if s.channel.timeless {
		s.tell("callbacks carry no time here: an old one is as good, and none is sent", models.Paying)
	}
	for _, mode := range s.channel.forgeries() {
		if err := s.provider.spoil(ctx, fault{Op: "callback", Mode: mode, Number: made.Number}); err != nil {
			return err
		}
	}
	if err := s.finish(ctx, made); err != nil {
		return err
	}
	return s.checkRefused(ctx, made)
}

// checkRefused holds the journal against what must have happened: each forgery
// answered 401.
func (s *story) checkRefused(ctx context.Context, made attempt) error {
	forged := len(s.channel.forgeries())
	return s.until(ctx, "the forgeries to be refused", func() (bool, error) {
		entries, err := s.provider.journal(ctx, made.Number)
		if err != nil {
			return false, err
		}
		refused := 0
		for _, e := range entries {
			if e.Kind == "callback_sent" && e.Status == 401 {
				refused++
			}
		}
		if refused > forged {
			return false, fmt.Errorf("%d callbacks were refused, only %d were forged", refused, forged)
		}
		return refused == forged && acknowledged(entries) > 0, nil
	})
}

func playLostCallback(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	lost := fault{Op: "callback", Mode: "lost", Number: made.Number, Count: -1}
	if err := s.provider.spoil(ctx, lost); err != nil {
		return err
	}
	if err := s.finish(ctx, made); err != nil {
		return err
	}
	entries, err := s.provider.journal(ctx, made.Number)
	if err == nil && acknowledged(entries) != 0 {
		err = fmt.Errorf("a callback came although all were lost")
	}
	s.tell("no callback ever came: the poll found it", models.Settled)
	return err
}
