package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// retry hands an error to Temporal, which tries again. Nothing here is final:
// outcomes are events, and what is not an outcome has to be got over. The message
// crosses into a history, so only our own words go along; the cause is logged.
func (a *Activities) retry(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	a.Log.ErrorContext(ctx, "effect not carried out yet", "effect", activity.GetInfo(ctx).ActivityType.Name,
		"tries", activity.GetInfo(ctx).Attempt, "error", err)
	var known *models.Error
	if errors.As(err, &known) {
		return temporal.NewApplicationError(known.Message, known.Reason)
	}
	return temporal.NewApplicationError("trouble inside the house", string(models.Internal))
}

// later is a call to a provider that has no outcome yet; a provider that says when to
// come back is obeyed, and such a wait is no trouble.
func later(err error) error {
	var known *providers.Error
	if !errors.As(err, &known) {
		return temporal.NewApplicationError("the provider could not be asked", string(providers.Ambiguous))
	}
	options := temporal.ApplicationErrorOptions{NextRetryDelay: known.RetryAfter}
	if known.Class == providers.Refused && known.RetryAfter > 0 {
		options.Category = temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(fmt.Sprintf("%s: %s", known.Op, known.Code),
		string(known.Class), options)
}

// waiting asks to be called again after delay: no outcome, and no trouble either.
func waiting(delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("no outcome yet", "waiting",
		temporal.ApplicationErrorOptions{NextRetryDelay: delay, Category: temporal.ApplicationErrorCategoryBenign})
}
