package api

import (
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// tooMuchBack is the reason of a refund of more than is left.
const tooMuchBack = "refund_exceeds"

// exceeds adds to such a refusal how much is left, in the words of who asked: of what the
// payer paid, or of the order. Any other error stays as it is.
func (in *refundIn) exceeds(r models.Request, err error) error {
	var law *models.Error
	winner, paid := r.Attempt(r.Winner)
	if !errors.As(err, &law) || law.Reason != tooMuchBack || !paid {
		return err
	}
	told, left, field := *law, leftOf(r), "amount"
	if in.Body.Order != nil {
		left, field = winner.Face().Minus(r.Unwound(r.Winner)), "order_amount"
	}
	told.Field = field + ".minor"
	told.Message = fmt.Sprintf("%d is left of it, in the smallest unit of %s.", left.Minor, left.Currency)
	told.Fix = fmt.Sprintf("Ask for %d at most, or send no amount for all that is left.", left.Minor)
	if left.Minor <= 0 {
		told.Message, told.Fix = "All of the payment has been refunded already.", "Nothing is left to refund."
	}
	return &told
}
