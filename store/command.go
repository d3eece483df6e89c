package store

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/models"
)

// CommandState is how far a command has come.
type CommandState string

// The states of a command; the last four are final.
const (
	CommandWaiting  CommandState = "waiting_approval" // a second person has to agree
	CommandQueued   CommandState = "queued"
	CommandRunning  CommandState = "running" // leased by whoever carries it out
	CommandDone     CommandState = "done"
	CommandFailed   CommandState = "failed"   // it was tried, and trouble of ours did not end
	CommandRefused  CommandState = "refused"  // the law or the rows said no when it was carried out
	CommandRejected CommandState = "rejected" // the second person did not agree
)

// CommandStates lists every state of a command.
var CommandStates = []CommandState{
	CommandWaiting, CommandQueued, CommandRunning, CommandDone, CommandFailed, CommandRefused, CommandRejected,
}

// Command is what a colleague does by hand. It names ids and amounts, never people.
type Command struct {
	ID         string            // cmd_…
	Key        string            // names it over all tries of one person
	Name       string            // "requery"
	Subject    string            // the id that it is about
	Request    string            // the request that this belongs to; empty: none
	Args       map[string]string // see package support
	Reason     string            // why, or the ticket
	By         string            // "staff:anna"
	Role       string            // of By, when it was given
	ApprovedBy string            // the second person, who agreed or did not; empty: nobody yet
	State      CommandState
	Outcome    string // in words
	Tries      int    // how often it was taken to be carried out
	At         time.Time
	DoneAt     time.Time // zero: not yet
	Shown      string    // what only the answer may hold; no row ever does
}

type commandRecord struct {
	ID         string `gorm:"primaryKey"`
	Key        string
	Name       string
	Subject    string
	RequestID  string
	Args       []byte
	Reason     string
	ByActor    string
	ByRole     string
	ApprovedBy string
	State      CommandState
	Outcome    string
	Tries      int
	At         time.Time
	DoneAt     time.Time `gorm:"serializer:moment"`
}

func (commandRecord) TableName() string { return "commands" }

func (r commandRecord) command() Command {
	c := Command{
		ID: r.ID, Key: r.Key, Name: r.Name, Subject: r.Subject, Request: r.RequestID, Args: map[string]string{},
		Reason: r.Reason, By: r.ByActor, Role: r.ByRole, ApprovedBy: r.ApprovedBy, State: r.State,
		Outcome: r.Outcome, Tries: r.Tries, At: r.At, DoneAt: r.DoneAt,
	}
	_ = json.Unmarshal(r.Args, &c.Args) // jsonb that KeepCommand wrote
	return c
}

// KeepCommand stores a command and its line of the audit, in one transaction. A command that is
// known under its person's key comes back as it is, and fresh is false: nothing was stored.
func (s *Store) KeepCommand(ctx context.Context, c Command) (kept Command, fresh bool, err error) {
	const keep = `INSERT INTO commands (id, key, name, subject, request_id, args, reason, by_actor, by_role,
			state, outcome, done_at, tries)
		VALUES (@id, @key, @name, @subject, @request, CAST(@args AS jsonb), @reason, @by, @role, @state, @outcome,
			CASE WHEN @state = 'done' THEN clock_timestamp() END, 0)
		ON CONFLICT (by_actor, key) DO NOTHING`
	args, err := json.Marshal(c.Args)
	if err != nil {
		return c, false, failed("keep command", err)
	}
	about := map[string]any{
		"id": c.ID, "key": c.Key, "name": c.Name, "subject": c.Subject, "request": c.Request,
		"args": string(args), "reason": c.Reason, "by": c.By, "role": c.Role, "state": string(c.State),
		"outcome": c.Outcome,
	}
	err = s.WithTx(ctx, func(tx *Store) error {
		rows, err := tx.write(ctx, keep, about)
		if fresh = rows > 0; err != nil || !fresh {
			return err
		}
		return tx.Audit(ctx, c.deed())
	})
	if err != nil {
		return c, false, failed("keep command", err)
	}
	kept, err = s.commandWhere(ctx, "by_actor = ? AND key = ?", c.By, c.Key)
	return kept, fresh, err
}

// deed is the line of the audit that says that the command was given.
func (c Command) deed() Deed {
	detail := maps.Clone(c.Args)
	if detail == nil {
		detail = map[string]string{}
	}
	detail["command"], detail["role"] = c.ID, c.Role
	if c.Request != "" && c.Request != c.Subject {
		detail["request"] = c.Request
	}
	return Deed{Actor: c.By, Act: c.Name, Subject: c.Subject, Reason: c.Reason, Detail: detail}
}

// CommandByKey reads the command that a person gave under a key; not_found "unknown_command".
func (s *Store) CommandByKey(ctx context.Context, by, key string) (Command, error) {
	return s.commandWhere(ctx, "by_actor = ? AND key = ?", by, key)
}

// Command reads one command; unknown is not_found "unknown_command".
func (s *Store) Command(ctx context.Context, id string) (Command, error) {
	return s.commandWhere(ctx, "id = ?", id)
}

func (s *Store) commandWhere(ctx context.Context, where string, args ...any) (Command, error) {
	record, err := gorm.G[commandRecord](s.db).Where(where, args...).Take(ctx)
	return record.command(), missing("read command", "unknown_command", err)
}

// SecondPerson is what a second person says of a command that waits for one.
type SecondPerson struct {
	Command, By, Reason string
	Agrees              bool
}

// DecideCommand writes what the second person says, with its line of the audit, in one
// transaction. Conflict "not_waiting" when the command does not wait for anybody (any more).
func (s *Store) DecideCommand(ctx context.Context, second SecondPerson) error {
	const decide = `UPDATE commands SET approved_by = @by, state = @state, next_try_at = clock_timestamp(),
			done_at = CASE WHEN @state = 'rejected' THEN clock_timestamp() END
		WHERE id = @id AND state = 'waiting_approval' AND at > clock_timestamp() - make_interval(secs => @within)`
	state, act := CommandQueued, "approve"
	if !second.Agrees {
		state, act = CommandRejected, "reject"
	}
	about := map[string]any{
		"id": second.Command, "by": second.By, "state": string(state), "within": CommandPatience.Seconds(),
	}
	return failed("decide command", s.WithTx(ctx, func(tx *Store) error {
		rows, err := tx.write(ctx, decide, about)
		if err != nil {
			return err
		}
		if rows == 0 {
			return models.Refuse(models.Conflict, "not_waiting", "This command waits for nobody's word.")
		}
		return tx.Audit(ctx, Deed{Actor: second.By, Act: act, Subject: second.Command, Reason: second.Reason})
	}))
}
