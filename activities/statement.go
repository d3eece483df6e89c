package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Statements is what the comparison with providers' statements needs of the database.
type Statements interface {
	StatementsDue(
		ctx context.Context, provider string, today time.Time, after models.StatementDay, limit int,
	) ([]models.StatementDay, error)
	GiveUpStatements(ctx context.Context, provider string, today time.Time) (int, error)
}

// Books carries out the comparison with providers' statements.
type Books struct {
	Statements Statements
	Compare    func(context.Context, reconcile.Job) (reconcile.Outcome, error)
	Clock      func() time.Time
}

// ListStatements names the days of a provider that are over and not compared, from the
// first after that one; on the first page it also gives those up whose file never came.
func (b *Books) ListStatements(
	ctx context.Context, after models.StatementDay,
) ([]models.StatementDay, error) {
	today := b.Clock().In(models.Shanghai)
	if after.Account == "" {
		if _, err := b.Statements.GiveUpStatements(ctx, after.Provider, today); err != nil {
			return nil, temporal.NewApplicationError("overdue statements not given up", string(models.Internal))
		}
	}
	due, err := b.Statements.StatementsDue(ctx, after.Provider, today, after, models.StatementPage)
	if err != nil {
		return nil, temporal.NewApplicationError("statements due not listed", string(models.Internal))
	}
	return due, nil
}

// CompareStatement compares one day. A file that is not there yet is asked for again when
// the provider says; what the provider refuses for good is not asked for again today.
func (b *Books) CompareStatement(ctx context.Context, about models.StatementDay) (reconcile.Outcome, error) {
	beat := func() { activity.RecordHeartbeat(ctx) }
	out, err := b.Compare(ctx, reconcile.Job{StatementDay: about, Beat: beat})
	var refused *models.Error
	var known *providers.Error
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &known) && known.Class == providers.Definite:
		return out, temporal.NewNonRetryableApplicationError(known.Op+": "+known.Code, string(known.Class), nil)
	case errors.As(err, &known):
		return out, later(err)
	case errors.As(err, &refused) && (refused.Code == models.NotFound || refused.Code == models.Invalid):
		return out, temporal.NewNonRetryableApplicationError(refused.Message, refused.Reason, nil)
	default:
		return out, temporal.NewApplicationError("trouble inside the house", string(models.Internal))
	}
}
