package console

import (
	"net/url"
	"time"
)

// Hits are what a search found. What was typed is not shown again: it may be a phone number.
type Hits struct{ Rows []Hit }

// Hit is one of them; Label is masked.
type Hit struct {
	Kind, ID, Request, Label string
	At                       time.Time
}

// Cases is a list of work for humans.
type Cases struct {
	Rows   []CaseRow
	Kinds  []string
	Kind   string // of the filter; empty: each
	Closed bool   // closed ones are listed too
	Next   string
}

// Export is where the whole list is had as CSV.
func (c Cases) Export() string { return "/staff/export/cases?" + url.Values{"kind": {c.Kind}}.Encode() }

// CaseRow is one line of it.
type CaseRow struct {
	ID, Kind, Request, Provider, Owner, Detail string
	Age, DueIn                                 time.Duration // DueIn below zero: it is late by that
	Closed                                     bool
}

// Late says that somebody should have looked at it by now.
func (r CaseRow) Late() bool { return !r.Closed && r.DueIn < 0 }

// LateBy says by how much; only of a late one.
func (r CaseRow) LateBy() time.Duration { return -r.DueIn }

// Case is one, with what may be done about it.
type Case struct {
	CaseRow
	Subjects             []string // numbers and ids that it is about
	Opened, Due          time.Time
	ClosedAt             time.Time
	ClosedBy, Resolution string
	Notes                []Note
	Steps                []Step
}

// Note is what a colleague wrote, or did.
type Note struct {
	At           time.Time
	By, Act, Why string
}

// Step is a command that may be given about something.
type Step struct {
	Command, Subject, Request string
	Primary                   bool
}

// About says that the command is about a part of the request only, which a button has to name.
func (s Step) About() bool { return s.Request != "" && s.Subject != s.Request }

// Do is a command before it is given: what it wants to know, and what it would do.
type Do struct {
	Command, Subject, Request string
	Key                       string // names it over all tries
	Fields                    []Field
	Reason                    string
	Preview                   *Preview
}

// Field is something to fill in. Kind is "fen", "time", "choice", "text", "bool", "long" or "fixed".
type Field struct {
	Name, Label, Kind, Value string
	Choices                  []string
	Needed                   bool
}

// Preview is what a command would do.
type Preview struct {
	Summary string
	Effects []string
	Second  bool // a second person must approve
	Refused string
	Fix     string
}

// Bulk is several commands before they are given, each with what it would do.
type Bulk struct {
	Lines  []BulkLine
	Fields []Field // what the commands must know, once for all
	Key    string
	Reason string
	Ready  int  // how many would be done
	Done   bool // they were given
}

// BulkLine is one of them.
type BulkLine struct {
	Step
	Value   string // what stands for it in the form
	Summary string
	Refused string
	ID      string // of the command, once it was given
	State   string
}

// Commands are those that wait for a second person, and the log of all.
type Commands struct {
	Waiting, Rows []CommandRow
	Next          string
}

// Export is where the whole log is had as CSV.
func (Commands) Export() string { return "/staff/export/commands" }

// CommandRow is one line.
type CommandRow struct {
	ID, Name, Subject, Request, Reason string
	By, ApprovedBy                     string
	State, Outcome                     string
	At, DoneAt                         time.Time
	Args                               []Pair
}

// Pair is a name and what it stands for.
type Pair struct{ Name, Value string }

// Over says that nothing more happens to it.
func (r CommandRow) Over() bool {
	return r.State != "queued" && r.State != "running" && r.State != "waiting_approval"
}

// Command is one, for its own page.
type Command struct {
	CommandRow
	MayDecide bool   // the reader is the second person it waits for
	Mine      bool   // he asked for it himself
	Shown     string // what only this answer holds
}
