package door

import (
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/models"
)

// unanswered is Temporal's word for an accepted update whose run ended without an answer.
const unanswered = "AcceptedUpdateCompletedWorkflow"

var (
	errRunEnded = models.Refuse(models.Unavailable, "engine_unavailable", "Try again in a moment.")
	errEnded    = models.Refuse(models.Gone, "ended", "This request has ended.")
)

// opened is an error of a knock that starts a run where there is none: a run that is
// not found has only just ended, and the next knock starts another.
func opened(err error) error {
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return unavailable(err)
	}
	return err
}

// translate turns what Temporal says into the vocabulary of the house. What it does
// not say clearly is worth another try, under the same update id.
func translate(err error) error {
	var (
		known   *models.Error
		refused *temporal.ApplicationError
		gone    *serviceerror.NotFound
	)
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &gone):
		return errEnded
	default:
		return unavailable(err)
	}
}

func unavailable(err error) error {
	down := models.Refuse(models.Unavailable, "engine_unavailable", "Try again in a moment.")
	return fmt.Errorf("%w: %w", down, err)
}

func refusal(refused *temporal.ApplicationError) error {
	var known models.Error
	if refused.HasDetails() && refused.Details(&known) == nil && known.Code != "" {
		return &known
	}
	if refused.Type() == unanswered {
		return errRunEnded
	}
	broken := models.Refuse(models.Internal, "engine_error", "Something went wrong.")
	return fmt.Errorf("%w: %s", broken, refused.Type())
}
