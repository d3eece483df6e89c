package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/friendpay/friendpay/models"
)

// Forgetting takes a person out of the rows and leaves the books: ids, amounts, times
// and states stay, since money and its law hang on them; what says who it was goes. It
// waits for the requests of that person to be over: until then a refund, a message or a
// human may still need him. Done again it finds nothing and changes nothing.

// By is who asks for something to be done by hand, and why.
type By struct {
	Actor  string // "staff:anna"
	Reason string // why, or the ticket
}

// ForgetPayer forgets a friend who paid: phone, identities at providers, addresses, what
// his browsers needed to pay, bodies of callbacks about his payments, and the words of
// buyers for him. The answer is how many rows lost something. Conflict "requests_open"
// while one of his requests is not over.
func (s *Store) ForgetPayer(ctx context.Context, payer string, by By) (rows int64, err error) {
	const lock = "UPDATE payers SET blocked = blocked WHERE id = ?"
	err = s.WithTx(ctx, func(tx *Store) error {
		found, err := tx.write(ctx, lock, payer)
		if err != nil {
			return err
		}
		if found == 0 {
			return unknown("unknown_payer")
		}
		rows, err = tx.forget(ctx, forgetting{
			act: "forget_payer", subject: payer, by: by,
			his:      "SELECT * FROM attempts WHERE payer_id = @who AND NOT by_buyer",
			requests: "SELECT request_id FROM his",
			words:    "SELECT invite_id FROM his",
			also: []string{
				`DELETE FROM login_codes WHERE phone_index = (SELECT phone_index FROM payers WHERE id = @who)`,
				`UPDATE invites SET contact_index = ` + nobody + ` WHERE contact_index IN (SELECT subject_index
					FROM payer_identities WHERE payer_id = @who AND provider = '` + ByMerchant + `')`,
				`DELETE FROM payer_identities WHERE payer_id = @who`,
				`DELETE FROM day_shares WHERE payer_id = @who`,
				`DELETE FROM decisions WHERE payer_id = @who`,
				`UPDATE invites SET pledged_by = '' WHERE pledged_by = @who
					AND id IN (SELECT invite_id FROM invite_payers WHERE payer_id = @who)`,
				`DELETE FROM reminders WHERE person = @who AND request_id IN (SELECT i.request_id
					FROM invites i JOIN invite_payers v ON v.invite_id = i.id WHERE v.payer_id = @who)`,
				`DELETE FROM invite_payers WHERE payer_id = @who`,
				`DELETE FROM thanks t USING attempts a WHERE a.payer_id = @who AND NOT a.by_buyer
					AND t.request_id = a.request_id AND t.attempt = a.number`,
				`DELETE FROM limit_holds WHERE request_id IN (SELECT request_id FROM limit_holds
					WHERE scope = 'payer' AND subject = @who)`,
				`DELETE FROM idempotency_keys WHERE principal LIKE 'invite:%:' || @who`,
				`UPDATE payers SET phone_index = NULL, phone_sealed = NULL, masked_phone = '', blocked_reason = '',
					locale = DEFAULT,
					forgotten_at = clock_timestamp() WHERE id = @who AND (forgotten_at IS NULL
					OR phone_index IS NOT NULL OR masked_phone <> '' OR blocked_reason <> '')`,
			},
			args: map[string]any{"who": payer},
		})
		return err
	})
	return rows, failed("forget payer", err)
}

// ForgottenTitle stands where the title of a forgotten buyer's order stood.
const ForgottenTitle = "(forgotten)"

// ForgetBuyer forgets a merchant's buyer: his name and phone, what he ordered, his words
// for his friends, and what he left where he paid himself. Conflict "requests_open" while
// one of his requests is not over.
func (s *Store) ForgetBuyer(ctx context.Context, app, buyer string, by By) (rows int64, err error) {
	const own = "SELECT id FROM requests WHERE app_id = @app AND buyer_id = @who"
	err = s.WithTx(ctx, func(tx *Store) error {
		rows, err = tx.forget(ctx, forgetting{
			act: "forget_buyer", subject: app + "/" + buyer, by: by,
			his:      "SELECT * FROM attempts WHERE by_buyer AND request_id IN (" + own + ")",
			requests: own,
			words:    "SELECT id FROM invites WHERE request_id IN (" + own + ")",
			also: []string{
				`DELETE FROM idempotency_keys WHERE principal = 'buyer:' || @app || ':' || @who
					OR resource IN (` + own + `)`,
				`DELETE FROM thanks WHERE request_id IN (` + own + `)`,
				`DELETE FROM decisions WHERE order_id IN
					(SELECT id FROM orders WHERE app_id = @app AND buyer_id = @who)`,
				`UPDATE orders SET buyer_name = '', buyer_phone_index = NULL,
					buyer_surname_index = NULL, buyer_tail_index = NULL, title = @title, category = '', items = '[]'
					WHERE app_id = @app AND buyer_id = @who AND (buyer_name <> '' OR buyer_phone_index IS NOT NULL
					OR buyer_surname_index IS NOT NULL OR buyer_tail_index IS NOT NULL
					OR title <> @title OR category <> '' OR items <> '[]')`,
			},
			args: map[string]any{"who": buyer, "app": app, "title": ForgottenTitle},
		})
		return err
	})
	return rows, failed("forget buyer", err)
}

// forgetting is one person's rows, as queries.
type forgetting struct {
	act, subject string
	by           By
	his          string // his attempts
	requests     string // ids of the requests that concern him
	words        string // ids of the invites whose label may name him
	also         []string
	args         map[string]any
}

// unfinished lists requests that still need the people in them.
const unfinished = `SELECT r.id FROM requests r WHERE r.id IN (%s) AND (
		r.state IN @open OR r.guarded OR r.ended_at IS NULL
		OR EXISTS (SELECT FROM refunds WHERE request_id = r.id AND state IN ('due', 'processing', 'failed'))
		OR EXISTS (SELECT FROM attempts WHERE request_id = r.id AND (watched
			OR state IN ('new', 'unknown', 'live', 'closing')
			OR disposition = 'risk_hold' AND refunded_minor < captured_minor)))
	ORDER BY r.id LIMIT 20`

func (s *Store) forget(ctx context.Context, f forgetting) (total int64, err error) {
	with := "WITH his AS (" + f.his + ") "
	f.args["open"] = openStates
	var open []string
	if err := s.read(ctx, &open, with+fmt.Sprintf(unfinished, f.requests), f.args); err != nil {
		return 0, err
	}
	if len(open) > 0 {
		refused := models.Refuse(models.Conflict, "requests_open",
			"These requests are not over yet: "+strings.Join(open, ", ")+".")
		refused.Fix = "Let them end, and their refunds; the guard ends 72 hours after."
		return 0, refused
	}
	for _, statement := range append(f.everywhere(with), f.also...) {
		rows, err := s.write(ctx, statement, f.args)
		if err != nil {
			return 0, err
		}
		total += rows
	}
	if total == 0 {
		return 0, nil
	}
	return total, s.Audit(ctx, Deed{Actor: f.by.Actor, Act: f.act, Subject: f.subject, Reason: f.by.Reason})
}

// nobody stands where an invite's contact stood: it is not for whoever has the link now.
const nobody = `decode(repeat('00', 32), 'hex')`

// everywhere is what attempts leave of whoever made them. Callbacks keep their keys, so
// that a resend is still known.
func (f forgetting) everywhere(with string) []string {
	const events = `number IN (SELECT number FROM his)
		OR refund IN (SELECT number FROM refunds WHERE attempt IN (SELECT number FROM his))`
	return []string{
		with + "DELETE FROM checkouts WHERE attempt IN (SELECT number FROM his)",
		with + "DELETE FROM presentations WHERE attempt IN (SELECT number FROM his)",
		with + `UPDATE provider_events SET raw_sealed = '', headers_sealed = ''
			WHERE raw_sealed <> '' AND (` + events + ")",
		with + `UPDATE provider_event_conflicts SET raw_sealed = '' WHERE raw_sealed <> ''
			AND event_id IN (SELECT id FROM provider_events WHERE ` + events + ")",
		with + "UPDATE invites SET label = '' WHERE label <> '' AND id IN (" + f.words + ")",
		with + "UPDATE invite_history SET label = '' WHERE label <> '' AND invite_id IN (" + f.words + ")",
		with + "UPDATE request_cards SET message = '' WHERE message <> '' AND request_id IN (" + f.requests + ")",
		with + "UPDATE invites SET contact_index = " + nobody + " WHERE contact_index <> " + nobody +
			" AND id IN (" + f.words + ")",
	}
}
