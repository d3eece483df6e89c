package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// callbackStore is what the callbacks need of the store.
type callbackStore interface {
	KeepEvent(ctx context.Context, event store.ProviderEvent) (store.Kept, error)
	CountRefused(ctx context.Context, provider, account, reason string) error
}

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// callbackPatience ends what takes longer than providers wait (5 s): an answer
// that says "again" is worth more than none.
const callbackPatience = 4 * time.Second

// callbackPause is when a provider should try again while we cannot store.
const callbackPause = 5 * time.Second

// callbackRoutes are where providers say that something happened.
func (s *Server) callbackRoutes() []route {
	return []route{{
		method: post, path: "/v1/callbacks/{provider}/{account}", who: provider, id: "take-callback",
		summary: "A provider reports. Verified over the raw body, stored, then acknowledged.",
		mount:   plain("text/plain", (*Server).takeCallback),
	}}
}

// takeCallback stores what verifies before it is acknowledged, and nothing of
// what does not. No word of it is believed here: the relay posts the hint, and
// the engine asks the provider.
func (s *Server) takeCallback(c echo.Context) error {
	name, account := c.Param("provider"), c.Param("account")
	ctx, cancel := context.WithTimeout(c.Request().Context(), callbackPatience)
	defer cancel()
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read the callback: %w", err)
	}
	adapter, err := s.Accounts.Open(ctx, name, account)
	if err != nil {
		return unlessKnown(s.Clock(), err)
	}
	notice, err := adapter.ParseNotice(c.Request().Header, body, s.Clock())
	if err != nil {
		return s.refuseCallback(ctx, name, account, err)
	}
	ack := adapter.Ack(true)
	if notice.Kind != providers.Probe {
		kept, err := s.Store.KeepEvent(ctx, store.ProviderEvent{
			Provider: name, Account: account, Key: notice.Key, Kind: notice.Kind,
			Number: notice.Number, Refund: notice.Refund, Raw: body, Headers: c.Request().Header,
		})
		if err != nil && !bug.AckFirst {
			return notStored(s.Clock(), err)
		}
		failpoint.Hit(failpoint.AfterKeep)
		if kept.Conflict {
			s.Log.WarnContext(ctx, "callback with another body under a known key", "event", kept.ID)
		}
	}
	return c.Blob(ack.Status, ack.ContentType, []byte(ack.Body))
}

// refuseCallback leaves a count of what nobody may believe.
func (s *Server) refuseCallback(ctx context.Context, name, account string, cause error) error {
	reason := "unreadable"
	if errors.Is(cause, providers.ErrForged) {
		reason = "forged"
	}
	if err := s.Store.CountRefused(ctx, name, account, reason); err != nil {
		s.Log.WarnContext(ctx, "refused callback not counted", "provider", name, "error", err)
	}
	return models.Refuse(models.Unauthenticated, "callback_refused", "This callback does not verify.")
}

// unlessKnown passes a plain "no such account" on, also of a name that none can
// have; anything else must make the provider come back.
func unlessKnown(now time.Time, err error) error {
	switch models.CodeOf(err) {
	case models.NotFound:
		return err
	case models.Invalid:
		return models.Refuse(models.NotFound, "unknown_account", "There is no such account.")
	default: // our own trouble
	}
	return notStored(now, err)
}

// notStored is the answer that makes a provider try again: never a false 2xx.
func notStored(now time.Time, err error) error {
	later := &models.Error{
		Code: models.Unavailable, Reason: "not_stored", Message: "The event could not be stored. Send it again.",
		Until: now.Add(callbackPause),
	}
	return fmt.Errorf("%w: %w", later, err)
}
