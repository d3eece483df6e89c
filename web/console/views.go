package console

import (
	"net/url"
	"strings"
	"time"
)

// The pages; each wants the view named beside it.
const (
	LoginPage      Template = "login"      // Login
	ErrorPage      Template = "error"      // none: the problem says it
	QueuePage      Template = "queue"      // Queue
	HitsPage       Template = "hits"       // Hits
	RequestPage    Template = "request"    // see package machine
	CasesPage      Template = "cases"      // Cases
	CasePage       Template = "case"       // Case
	DoPage         Template = "do"         // Do
	BulkPage       Template = "bulk"       // Bulk
	CommandsPage   Template = "commands"   // Commands
	CommandPage    Template = "command"    // Command
	DeliveriesPage Template = "deliveries" // Deliveries
	DeliveryPage   Template = "delivery"   // Delivery
	EndpointsPage  Template = "endpoints"  // Endpoints
	FamiliesPage   Template = "families"   // Families
	FamilyPage     Template = "family"     // Family
	EditorPage     Template = "editor"     // Editor
	AuditPage      Template = "audit"      // Audit
)

// Login asks a colleague to log in.
type Login struct {
	Then   string // the page to come back to
	Ready  bool   // there is an issuer
	People []Colleague
}

// Colleague is somebody whom the login offers, in development only.
type Colleague struct{ Name, Role string }

// Queue is what is stuck, and why.
type Queue struct {
	Chips    []Chip
	Saved    []Saved
	Rows     []StuckRow
	All      int64  // how many there are in all
	App      string // the filter's; empty: each
	Severity string // "act", "watch" or empty
	Reasons  string // the filter's, joined by commas
	Next     string // the address of the next page; empty: this is the last
}

// Severities are what the list may be narrowed to.
func (q Queue) Severities() []string { return []string{"act", "watch"} }

// Export is where the whole list is had as CSV.
func (q Queue) Export() string {
	return "/staff/export/stuck?" + url.Values{
		"reason": {q.Reasons}, "app": {q.App}, "severity": {q.Severity},
	}.Encode()
}

// Filtered says that rows may be missing.
func (q Queue) Filtered() bool { return q.App+q.Severity+q.Reasons != "" }

// Chip is a reason with how many rows have it; pressing it keeps those only.
type Chip struct {
	Reason  string
	Words   string // for the reason, in the reader's language
	Count   int64
	Oldest  time.Duration
	On      bool
	Address string
}

// Saved is a filter that the reader keeps.
type Saved struct{ Name, Address string }

// StuckRow is one line of the queue.
type StuckRow struct {
	Request, App, State string
	Reason, Severity    string // stable codes
	Words               string // why, in the reader's language
	Subject, Detail     string
	Age                 time.Duration
	NextIn              time.Duration // until something happens by itself; 0: never
	Step, StepSubject   string        // the one next step; Step empty: there is only waiting
	May                 bool          // the reader's role is enough for it
}

// Case says that it is about a case, which has a page of its own.
func (r StuckRow) Case() bool { return strings.HasPrefix(r.Subject, "cas_") }

// Key is what a ticked row sends: the step, its subject and the request.
func (r StuckRow) Key() string { return r.Step + " " + r.StepSubject + " " + r.Request }
