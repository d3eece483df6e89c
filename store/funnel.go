package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// How far friends come by an invite is kept as the first moment of each step, once: what
// happens again changes nothing. Nothing says who it was.

// CameIn keeps when somebody first came in by an invite, and the way to pay that he picked;
// an empty channel is none.
func (s *Store) CameIn(ctx context.Context, invite, channel string) error {
	const came = `UPDATE invites SET exchanged_at = clock_timestamp(),
			channel = CASE channel WHEN '' THEN @channel ELSE channel END
		WHERE id = @invite AND exchanged_at IS NULL`
	_, err := s.write(ctx, came, map[string]any{"invite": invite, "channel": channel})
	return failed("keep the step", err)
}

// LoginBegun keeps when a friend was first asked who he is: the step at which a friend who
// has to tell something of himself turns back.
func (s *Store) LoginBegun(ctx context.Context, invite string) error {
	const begun = `UPDATE invites SET login_begun_at = clock_timestamp()
		WHERE id = ? AND login_begun_at IS NULL`
	_, err := s.write(ctx, begun, invite)
	return failed("keep the step", err)
}

// Login is a friend who has logged in by an invite.
type Login struct {
	Invite, Payer string
	Newcomer      bool   // nobody knew him before
	Locale        string // "zh-CN": that he picked, or of his browser; what we write to him is in it from now on
}

// LoggedIn keeps when a friend first logged in by an invite, who he was, and whether nobody knew him before.
func (s *Store) LoggedIn(ctx context.Context, login Login) error {
	const logged = `WITH spoken AS (UPDATE payers SET locale = @locale
			WHERE id = @payer AND locale <> @locale AND @locale <> '' AND forgotten_at IS NULL),
		seen AS (INSERT INTO invite_payers (invite_id, payer_id, at)
			SELECT @invite, id, clock_timestamp() FROM payers WHERE id = @payer ON CONFLICT DO NOTHING)
		UPDATE invites SET logged_in_at = clock_timestamp(), newcomer = @newcomer
		WHERE id = @invite AND logged_in_at IS NULL`
	_, err := s.write(ctx, logged, map[string]any{
		"invite": login.Invite, "payer": login.Payer, "newcomer": login.Newcomer, "locale": login.Locale,
	})
	return failed("keep the step", err)
}

// longestFunnel bounds a report.
const longestFunnel = 93 * 24 * time.Hour

// FunnelFilter says which invites are counted: those made from Since on and before Until, of
// an app, shared on a surface, and whose friend picked that channel. What is empty does not
// narrow. Who leaves before he picks a way to pay is in no channel.
type FunnelFilter struct {
	App, Surface, Channel string
	Since, Until          time.Time
}

// Funnel counts invites by the step that somebody came to. Each number holds the later ones.
type Funnel struct {
	Made       int64
	Opened     int64
	CameIn     int64
	LoginBegun int64
	LoggedIn   int64
	Asked      int64
	Paid       int64
	Newcomers  int64 // of those logged in: their profile was made by it
	Known      int64 // of those logged in: their profile was there
	FriendsWon int64 // payers whose first payment of all came by one of these invites
}

// Funnel counts in one statement. Invalid "bad_range" when the range is empty or longer than
// 93 days.
func (s *Store) Funnel(ctx context.Context, filter FunnelFilter) (Funnel, error) {
	if !filter.Since.Before(filter.Until) || filter.Until.Sub(filter.Since) > longestFunnel {
		return Funnel{}, &models.Error{
			Code: models.Invalid, Reason: "bad_range", Field: "since",
			Message: "The range is empty or too long.", Fix: "Name at most 93 days.",
		}
	}
	var counted Funnel
	err := s.read(ctx, &counted, funnelQuery, map[string]any{
		"app": filter.App, "surface": filter.Surface, "channel": filter.Channel,
		"since": filter.Since, "until": filter.Until,
	})
	return counted, failed("count the steps", err)
}

// A step of which nothing was kept was passed by whoever came to a later one: a friend whom
// the merchant vouches for begins no login. What was paid counts even if it went back since.
const funnelQuery = `WITH chosen AS (
		SELECT i.id, i.request_id, i.newcomer, p.paid,
			p.paid OR p.tried OR i.asked_at IS NOT NULL AS asked, i.logged_in_at, i.login_begun_at,
			i.exchanged_at, i.first_opened_at
		FROM invites i JOIN requests r ON r.id = i.request_id, LATERAL (
			SELECT count(*) > 0 AS tried, coalesce(bool_or(a.state = 'succeeded'), false) AS paid,
				(array_agg(a.channel ORDER BY a.state = 'succeeded' DESC, a.created_at))[1] AS channel
			FROM attempts a WHERE a.request_id = r.id AND a.invite_id = i.id AND NOT a.by_buyer) p
		WHERE i.created_at >= @since AND i.created_at < @until AND (@app = '' OR r.app_id = @app)
			AND (@surface = '' OR i.surface = @surface)
			AND (@channel = '' OR coalesce(p.channel, i.channel) = @channel)
	), steps AS (
		SELECT *, asked OR logged_in_at IS NOT NULL AS logged_in,
			asked OR coalesce(logged_in_at, login_begun_at) IS NOT NULL AS begun,
			asked OR coalesce(logged_in_at, login_begun_at, exchanged_at) IS NOT NULL AS came_in,
			asked OR coalesce(logged_in_at, login_begun_at, exchanged_at, first_opened_at) IS NOT NULL AS opened
		FROM chosen
	) SELECT count(*) AS made, count(*) FILTER (WHERE opened) AS opened,
		count(*) FILTER (WHERE came_in) AS came_in, count(*) FILTER (WHERE begun) AS login_begun,
		count(*) FILTER (WHERE logged_in) AS logged_in, count(*) FILTER (WHERE asked) AS asked,
		count(*) FILTER (WHERE paid) AS paid, count(*) FILTER (WHERE newcomer) AS newcomers,
		count(*) FILTER (WHERE NOT newcomer) AS known,
		(SELECT count(*) FROM steps c
			JOIN attempts a ON a.request_id = c.request_id AND a.invite_id = c.id
			JOIN first_payments f ON f.attempt = a.number WHERE c.paid) AS friends_won
	FROM steps`
