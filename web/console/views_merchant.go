package console

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Deliveries is the log of webhooks.
type Deliveries struct {
	Rows            []DeliveryRow
	App, State      string // of the filter
	Endpoint        string
	States          []string
	Next, Endpoints string // addresses; empty: none
}

// DeliveryRow is one line of it.
type DeliveryRow struct {
	ID, App, Endpoint, Event, Request, State string
	Tries                                    int
	Status                                   int // of the last answer; 0: there was none
	At                                       time.Time
	NextIn                                   time.Duration // 0: never
}

// Delivery is one with its tries.
type Delivery struct {
	DeliveryRow
	URL     string // without query and password
	Log     []Try
	Resend  bool // it may be sent again
	Replays string
}

// Try is one call of the endpoint, bodies masked and cut to 4 kB.
type Try struct {
	Number        int
	At            time.Time
	Status        int
	Took          time.Duration
	Problem       string // why there was no answer
	Request, Body string
}

// Endpoints are where webhooks go.
type Endpoints struct {
	App  string
	Rows []EndpointRow
}

// EndpointRow is one of them.
type EndpointRow struct {
	ID, App, URL, State, Why string
	Events                   []string
	Since                    time.Time
	MayTest, MayEnable       bool
}

// Families are the parts of the catalogue.
type Families struct{ Names []string }

// Family is one part with its rows.
type Family struct {
	Name, App string
	Rows      []CatalogueRow
	Next      string
	MayChange bool
}

// CatalogueRow is one row as it stands.
type CatalogueRow struct {
	Key, Author, Reason, Text, Address string
	Version                            int64
	At                                 time.Time
	Gone                               bool
}

// Editor changes one row, and shows first what that does.
type Editor struct {
	Family, Key string // Key empty: a new row
	Version     int64  // of the row when it was read
	Fields      []Field
	Reason      string
	Idempotency string // names the change over all tries
	Effect      *Effect
	MayChange   bool
	History     []CatalogueRow
}

// Effect is what a change does to requests that are open.
type Effect struct {
	Saved           bool
	Looked, Changed int
	Gained, Lost    []Pair // channel and how many requests
	Stranded        []string
	Larger          models.Money // the largest change of a price; zero: none
	Unchanged       bool
}

// Audit is who did what by hand, newest first.
type Audit struct {
	Rows                []Deed
	Subject, Actor, Act string // of the filter
	Acts                []string
	Next                string
}

// Deed is one line.
type Deed struct {
	At                          time.Time
	Actor, Act, Subject, Reason string
	Request                     string // the subject, where that is one
	Detail                      []Pair
}
