// Package support is what colleagues may do by hand to a request, a callback, a delivery or a
// case, and nothing else: there are no raw edits of a state. Each command can be tried without
// doing it, wants a reason, is done once however often it is sent, and stands in the audit.
package support

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Role is what a colleague may be here. Each may do what the ones before it may.
type Role string

// The roles, the least first.
const (
	Viewer     Role = "viewer"     // reads, with people's data masked
	Agent      Role = "agent"      // asks again, sends again, frees, extends, cancels; works on cases
	Supervisor Role = "supervisor" // moves money, opens again, approves what a colleague asks for
	Operator   Role = "operator"   // mends the engine, changes what decides who may pay
)

// Roles lists them, the least first.
var Roles = []Role{Viewer, Agent, Supervisor, Operator}

// Person is a colleague who does something.
type Person struct {
	Name string // as the audit keeps it: "staff:anna"
	Role Role
}

// Wish is a command that somebody would give.
type Wish struct {
	Key     string            // names it over all tries, from the page or the Idempotency-Key
	Command string            // "requery", see Commands
	Subject string            // the id of what it is about: a request, refund, event, delivery …
	Args    map[string]string // "amount": fen, "until": RFC 3339 …; see Commands
	Reason  string            // why, or the ticket: 1 to 200 characters, no names of people
	By      Person
}

// Preview is what a wish would do, without doing it.
type Preview struct {
	Summary string        // one sentence: what is done, to what
	Effects []string      // sentences, in order: what happens then, to whom
	Second  bool          // a second person must approve it
	Refused *models.Error // why it may not be done now; nil: it may
}

// Offer is a command that is possible for a subject right now, for a button beside it.
type Offer struct {
	Command string // its name
	Subject string
	Label   string // "Ask the provider now"
	Args    []Arg  // what it wants to know
	Role    Role   // the least that may
	Primary bool   // the next step for what is wrong with it
}

// Arg is something a command wants to know.
type Arg struct {
	Name, Label string
	Kind        string // "fen", "time", "text" or "choice"
	Choices     []string
	Default     string
	Needed      bool
}

// Next is one thing that will happen by itself, computed from the law.
type Next struct {
	At   time.Time
	What string // a sentence
}
