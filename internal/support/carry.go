package support

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Lease is how long whoever takes a command has it for himself; it outlives one knock at the door.
const Lease = 30 * time.Second

// How a command that cannot be carried out yet is tried again.
const (
	shortestWait = 250 * time.Millisecond
	longestWait  = 15 * time.Second
	poisonAfter  = 20 // tries that failed for reasons of our own
)

// Carry carries out a taken command and writes into its row what became of it. What only is
// down is waited for, however long; what is refused, or fails for good, says why in words.
func (d *Desk) Carry(ctx context.Context, taken store.Command) {
	outcome, err := d.carried(ctx, taken)
	marked := d.mark(context.WithoutCancel(ctx), taken, outcome, err)
	if marked != nil {
		d.Log.WarnContext(ctx, "command not marked; it will be carried out again", "command", taken.ID,
			"error", marked)
	}
}

func (d *Desk) carried(ctx context.Context, taken store.Command) (string, error) {
	c, ok := find(taken.Name)
	if !ok || c.do == nil {
		return "", models.Refuse(models.Unavailable, "other_build", "A worker of another build knows this command.")
	}
	e := &errand{Command: taken}
	if err := d.identify(ctx, c, e); err != nil {
		return "", err
	}
	outcome, err := c.do(ctx, d, e)
	var refused *models.Error
	if taken.Tries > 1 && errors.As(err, &refused) && slices.Contains(c.already, refused.Reason) {
		return "Done by an earlier try.", nil
	}
	return outcome, err
}

func (d *Desk) mark(ctx context.Context, taken store.Command, outcome string, err error) error {
	if err == nil {
		return d.Rows.EndCommand(ctx, taken, store.CommandDone, outcome)
	}
	code, why := models.CodeOf(err), words(err)
	switch {
	case code == models.Unavailable || code == models.Limited,
		code == models.Internal && taken.Tries < poisonAfter:
		d.Log.WarnContext(ctx, "command not carried out yet", "command", taken.ID, "tries", taken.Tries,
			"error", err)
		wait := min(max(d.Clock().Sub(taken.At)/2, shortestWait), longestWait)
		return d.Rows.PutOffCommand(ctx, taken, wait, why)
	case code == models.Internal:
		return d.Rows.EndCommand(ctx, taken, store.CommandFailed, why)
	default:
		return d.Rows.EndCommand(ctx, taken, store.CommandRefused, why)
	}
}

// words are what people are told of an error: a refusal's own, and nothing of what is inside.
func words(err error) string {
	var known *models.Error
	if !errors.As(err, &known) {
		return "Something went wrong inside; the log of the worker says what."
	}
	said := known.Message
	if known.Fix != "" {
		said += " " + known.Fix
	}
	return said
}
