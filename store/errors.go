package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/friendpay/friendpay/models"
)

// refusals by the name of the constraint that refused.
var byConstraint = map[string]models.Error{
	"requests_one_open": {Code: models.Conflict, Reason: "request_open",
		Message: "The order has an open request already.", Fix: "Use that one, or cancel it first."},
	"attempts_one_pending": {Code: models.Conflict, Reason: "slot_taken",
		Message: "Someone is paying right now."},
	"attempts_one_applied": {Code: models.Conflict, Reason: "already_paid",
		Message: "This order has been paid already."},
	"attempts_refunded_within_captured": {Code: models.Conflict, Reason: "refund_exceeds",
		Message: "More than is left of the payment.", Field: "amount.minor"},
	"apps_name_check": {Code: models.Invalid, Reason: "bad_name_check",
		Message: "A name check is never or always.", Field: "name_check"},
	"orders_payable": {Code: models.Invalid, Reason: "bad_amount",
		Message: "An amount is above zero.", Field: "payable"},
	"orders_currency": {Code: models.Invalid, Reason: "bad_currency",
		Message: "A currency has three letters.", Field: "payable.currency"},
	"orders_number": {Code: models.Invalid, Reason: "missing_number",
		Message: "An order has a number.", Field: "number"},
	"orders_buyer": {Code: models.Invalid, Reason: "missing_buyer",
		Message: "An order has a buyer.", Field: "buyer"},
	"idempotency_keys_value": {Code: models.Invalid, Reason: "bad_key",
		Message: "A key has 1 to 255 characters.", Field: "Idempotency-Key"},
}

var (
	down = models.Error{Code: models.Unavailable, Reason: "database_down",
		Message: "We cannot reach our records.", Fix: "Try again in a few seconds."}
	busy = models.Error{Code: models.Unavailable, Reason: "database_busy",
		Message: "Our records are busy.", Fix: "Try again in a second."}
	badText = models.Error{Code: models.Invalid, Reason: "bad_text",
		Message: "A text holds characters that cannot be kept.", Fix: "Send UTF-8 without NUL."}
	broken = models.Error{Code: models.Internal, Reason: "law_broken", Message: "This must not be stored."}
)

// byState maps SQLSTATEs, by the whole code or by its class of two characters.
var byState = map[string]models.Error{
	"23505": {Code: models.Conflict, Reason: "exists", Message: "This exists already."},
	"23503": {Code: models.Invalid, Reason: "unknown_reference", Message: "It names what does not exist."},
	"22021": badText, // a NUL, or bytes that are no UTF-8
	"22P05": badText,
	"23514": broken,
	"23502": broken,
	"40":    busy, // serialisation failure, deadlock
	"55P03": busy, // lock_timeout
	"57014": busy, // statement_timeout
	"53":    down, // out of connections, memory, disk
	"57":    down, // shutting down
	"58":    down,
	"08":    down,
	"25P03": down, // idle in transaction for too long
}

// failure is what the database answered, as a refusal. Its words are free of
// values: what PostgreSQL says may quote them.
type failure struct {
	refusal models.Error
	detail  string // SQLSTATE and constraint
	cause   error
}

func (f *failure) Error() string   { return fmt.Sprintf("%s (%s)", f.refusal.Error(), f.detail) }
func (f *failure) Unwrap() []error { return []error{&f.refusal, f.cause} }

// failed says what could not be done; nil stays nil, and a refusal of ours stays
// what it is.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	var ours *models.Error
	var pg *pgconn.PgError
	var network net.Error
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &ours):
	case errors.As(err, &pg):
		err = &failure{refusalOf(pg), detailOf(pg), err}
	case errors.Is(err, context.Canceled):
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded),
		pgconn.SafeToRetry(err), errors.Is(err, pgx.ErrTxClosed):
		err = &failure{down, "no connection", err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// detailOf quotes PostgreSQL only where it speaks of our SQL and not of values.
func detailOf(pg *pgconn.PgError) string {
	if strings.HasPrefix(pg.Code, "42") {
		return pg.Code + " " + pg.Message
	}
	return strings.TrimSpace(pg.Code + " " + pg.ConstraintName)
}

func refusalOf(pg *pgconn.PgError) models.Error {
	candidates := []models.Error{byConstraint[pg.ConstraintName], byState[pg.Code], byState[pg.Code[:2]]}
	for _, known := range candidates {
		if known.Code != "" {
			return known
		}
	}
	return models.Error{Code: models.Internal, Reason: "database", Message: "Our records refuse this."}
}

// missing turns "no row" into not_found with the reason, and fails as failed
// does for all else.
func missing(doing, reason string, err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return unknown(reason)
	}
	return failed(doing, err)
}

func unknown(reason string) error {
	return models.Refuse(models.NotFound, reason, "We know nothing of that name.")
}
