package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
)

// peopleReminded bounds how many friends of one request are reminded of it: a link may have gone round a
// group of hundreds. Who came last is the likeliest to pay.
const peopleReminded = 10

// remindable finds the friends whom a request's reminder may go to: who logged in by a link that is alive,
// has not said no to another, is not the buyer himself, and can be reached. Of a pledge it is who
// gave it: one of a visitor who had not logged in is nobody's.
const remindable = `SELECT v.payer_id AS id, max(v.at) AS came,
		bool_or(i.pledged_for IS NOT NULL AND i.pledged_by = v.payer_id) AS pledged,
		(SELECT count(*) FROM reminders t WHERE t.request_id = @request AND t.person = v.payer_id) AS told,
		EXISTS (SELECT FROM reminders t
			WHERE t.request_id = @request AND t.person = v.payer_id AND t.kind = @kind) AS heard
	FROM invites i JOIN invite_payers v ON v.invite_id = i.id JOIN payers p ON p.id = v.payer_id
		JOIN requests r ON r.id = i.request_id JOIN orders o ON o.id = r.order_id
	WHERE i.request_id = @request AND i.state = 'live' AND i.expires_at > CAST(@now AS timestamptz)
		AND (@invite = '' OR i.id = @invite AND i.pledged_by = v.payer_id)
		AND (@payer = '' OR v.payer_id = @payer)
		AND NOT p.blocked AND p.forgotten_at IS NULL
		AND (p.phone_index = o.buyer_phone_index) IS NOT TRUE
		AND (p.phone_index IS NOT NULL OR EXISTS (` + told + `))
		AND NOT EXISTS (SELECT FROM invites n JOIN invite_payers w ON w.invite_id = n.id
			WHERE n.request_id = @request AND n.state = 'declined' AND w.payer_id = v.payer_id)
	GROUP BY v.payer_id ORDER BY came DESC, id LIMIT @most`

// told finds the identities to which a provider carries messages for the app.
const told = `SELECT FROM payer_identities y WHERE y.payer_id = p.id AND y.provider = 'wechatpay'`

func (s *Store) standing(ctx context.Context, due ReminderDue, r models.Request) (notify.Standing, error) {
	now := s.db.NowFunc().UTC()
	standing := notify.Standing{Kind: due.Kind, State: r.State, Ends: r.ExpiresAt, Speed: r.Speed}
	const around = `SELECT (SELECT due_at FROM reminder_dues
				WHERE request_id = @request AND kind = @last) AS last,
			(SELECT count(*) FROM invites WHERE request_id = @request AND state = 'live'
				AND expires_at > CAST(@now AS timestamptz)) AS links,
			EXISTS (SELECT FROM invites WHERE request_id = @request AND state = 'live'
				AND pledged_for > CAST(@now AS timestamptz)) AS promised,
			(SELECT count(*) FROM reminders WHERE request_id = @request AND person = '') AS told,
			EXISTS (SELECT FROM reminders WHERE request_id = @request AND person = '' AND kind = @kind) AS heard`
	var found struct {
		Last            time.Time `gorm:"serializer:moment"`
		Links, Told     int
		Promised, Heard bool
	}
	about := map[string]any{"request": r.ID, "kind": due.Kind, "last": notify.ReminderLast, "now": now}
	if err := s.read(ctx, &found, around, about); err != nil {
		return standing, err
	}
	standing.Last, standing.Links, standing.Promised = found.Last, found.Links, found.Promised
	standing.Buyer = notify.Person{Told: found.Told, Heard: found.Heard}
	most := peopleReminded
	if due.Kind == notify.ReminderPledge {
		most = 1
	}
	people, err := s.remindable(ctx, due, "", most)
	standing.People = people
	return standing, err
}

func (s *Store) remindable(
	ctx context.Context, due ReminderDue, payer string, most int,
) (people []notify.Person, err error) {
	err = s.read(ctx, &people, remindable, map[string]any{
		"request": due.Request, "kind": due.Kind, "invite": due.Invite, "payer": payer, "most": most,
		"now": s.db.NowFunc().UTC(),
	})
	return people, err
}

// reminder is the message of a reminder. It belongs to no transition, and its seq says so by counting down.
func (s *Store) reminder(
	ctx context.Context, due ReminderDue, r models.Request, person string,
) (Message, error) {
	message := Message{
		ID: mint.ID(mint.Message), Request: r.ID, Version: r.Version, App: r.App, Payer: person,
		Kind: SMS, Type: due.Kind.Type(),
	}
	if person == "" {
		message.Kind, message.Type = Webhook, notify.ToBuyer
	}
	const next = "SELECT least(min(seq), 0) - 1 FROM messages WHERE request_id = ?"
	if err := s.read(ctx, &message.Seq, next, r.ID); err != nil {
		return Message{}, err
	}
	var err error
	message.Payload, err = json.Marshal(Notice{Type: message.Type, Timestamp: due.DueAt.UTC(), Data: NoticeData{
		Request: r.ID, Order: r.Order, Seq: r.Seq, State: r.State, Payable: r.Payable, ExpiresAt: r.ExpiresAt,
		Amount: r.Payable, Reason: string(due.Kind),
	}})
	return message, err
}

// Reminds says that the message is a reminder, which is said only while it is true.
func (m Message) Reminds() bool { return m.Seq < 0 }
