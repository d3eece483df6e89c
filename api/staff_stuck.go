package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// queueStore is what the queue of what is stuck, the search and the filters need.
type queueStore interface {
	Stuck(ctx context.Context, filter store.StuckFilter) (store.Page[store.StuckRow], error)
	StuckCounts(ctx context.Context, filter store.StuckFilter) ([]store.StuckCount, error)
	EachStuck(ctx context.Context, filter store.StuckFilter, most int, tell func(store.StuckRow) error) error
	Find(ctx context.Context, words string, limit int, hash func(string) (string, bool)) ([]store.Hit, error)
	SavedFilters(ctx context.Context, owner string) ([]store.SavedFilter, error)
	SaveFilter(ctx context.Context, filter store.SavedFilter) error
	DeleteFilter(ctx context.Context, owner, name string) error
	Cases(ctx context.Context, filter store.CaseFilter) (store.Page[store.Case], error)
	CommandLines(ctx context.Context, most int, tell func(store.CommandLine) error) error
	Audit(ctx context.Context, deed store.Deed) error
}

// queueRoutes are for colleagues who look for what is stuck.
func (s *Server) queueRoutes() []route {
	return []route{
		{method: get, path: "/v1/staff/stuck", who: staff, id: "list-stuck",
			summary: "What waits for longer than it should, longest first: why, and what ends it.",
			mount:   operation((*Server).listStuck)},
		{method: get, path: "/v1/staff/stuck/counts", who: staff, id: "count-stuck",
			summary: "How much is stuck, by reason.", mount: operation((*Server).countStuck)},
		{method: post, path: "/v1/staff/search", who: staff, id: "search",
			summary: "Find a request, payment, link, payer or message by whatever somebody has of it.",
			mount:   operation((*Server).search)},
		{method: get, path: "/v1/staff/filters", who: staff, id: "list-filters",
			summary: "The filters that you saved.", mount: operation((*Server).listFilters)},
		{method: post, path: "/v1/staff/filters", who: staff, id: "save-filter",
			summary: "Save a filter under a name, in the place of the one that had it.",
			mount:   operation((*Server).saveFilter)},
		{method: post, path: "/v1/staff/filters/take-away", who: staff, id: "take-filter",
			summary: "Delete a filter of yours.", mount: operation((*Server).takeFilter)},
		{method: post, path: "/v1/staff/exports/{what}", who: staff, id: "export-rows",
			summary: "All that is stuck, cases or commands as CSV. Audited.",
			mount:   plain("text/csv", (*Server).export)},
	}
}

// reasonName is a reason as callers write it.
type reasonName string

// Schema lists them.
func (reasonName) Schema(huma.Registry) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, about := range reasons.All() {
		schema.Enum = append(schema.Enum, string(about.Reason))
	}
	schema.PrecomputeMessages()
	return schema
}

// StuckQuery narrows what is stuck.
type StuckQuery struct {
	Reasons  []reasonName `query:"reason" maxItems:"40" doc:"Any of these, with commas between them."`
	App      string       `query:"app" maxLength:"64"`
	Severity string       `query:"severity" enum:"act,watch" doc:"act wants somebody; watch ends by itself."`
	Request  string       `query:"request" maxLength:"64" doc:"What is about this request."`
	Age      int64        `query:"age" minimum:"0" maximum:"31536000" doc:"Stuck for so many seconds at least."`
}

func (s *Server) stuckFilter(q StuckQuery) store.StuckFilter {
	filter := store.StuckFilter{
		Now: s.Clock(), Speed: s.Config.Speed, App: q.App, Severity: reasons.Severity(q.Severity),
		Request: q.Request, Age: time.Duration(q.Age) * time.Second,
	}
	for _, reason := range q.Reasons {
		filter.Reasons = append(filter.Reasons, reasons.Reason(reason))
	}
	return filter
}

type stuckIn struct {
	StuckQuery
	Cursor string `query:"cursor" maxLength:"400" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type stuckOut struct{ Body StuckView }

// StuckView is a page of the queue.
type StuckView struct {
	Items []StuckLine `json:"items" nullable:"false"`
	Next  string      `json:"next,omitempty"`
}

// StuckLine is something that waits for longer than it should.
type StuckLine struct {
	Reason      string     `json:"reason" doc:"A stable code."`
	Severity    string     `json:"severity" enum:"act,watch"`
	Text        Bilingual  `json:"text" doc:"Why, in a sentence."`
	Request     string     `json:"request_id,omitempty"`
	App         string     `json:"app_id,omitempty"`
	State       string     `json:"state,omitempty" doc:"Of the request."`
	Subject     string     `json:"subject,omitempty" doc:"The payment, refund, callback, message or case."`
	Detail      string     `json:"detail,omitempty" doc:"What is known beyond the reason, as a code."`
	Since       time.Time  `json:"since"`
	Age         int64      `json:"age_seconds"`
	NextAt      *time.Time `json:"next_at,omitempty" doc:"When something happens by itself, if anything does."`
	Step        string     `json:"step,omitempty" doc:"The command that ends it; missing: none of ours does."`
	StepSubject string     `json:"step_subject,omitempty"`
	NextStep    Bilingual  `json:"next_step" doc:"What to do, in a sentence."`
}

// Bilingual is a text in both languages of the house.
type Bilingual struct {
	ZH string `json:"zh-CN"`
	EN string `json:"en"`
}

func bilingual(say func(language string) string) Bilingual { return Bilingual{say("zh-CN"), say("en")} }

func viewStuck(r store.StuckRow, now time.Time) StuckLine {
	line := StuckLine{
		Reason: string(r.Reason), Severity: string(r.Severity), Text: bilingual(r.Say), Request: r.Request,
		App: r.App, State: string(r.State), Subject: r.Subject, Detail: r.Detail, Since: r.Since.UTC(),
		Age: int64(max(now.Sub(r.Since), 0).Seconds()), Step: r.Step, StepSubject: r.StepSubject,
		NextStep: bilingual(func(language string) string { return reasons.Next(r.Reason, r.Detail, language) }),
	}
	if !r.NextAt.IsZero() {
		at := r.NextAt.UTC()
		line.NextAt = &at
	}
	return line
}

func (s *Server) listStuck(ctx context.Context, in *stuckIn) (*stuckOut, error) {
	filter := s.stuckFilter(in.StuckQuery)
	filter.Cursor, filter.Limit = in.Cursor, in.Limit
	page, err := s.Store.Stuck(ctx, filter)
	out := &stuckOut{Body: StuckView{Items: []StuckLine{}, Next: page.Next}}
	for _, row := range page.Items {
		out.Body.Items = append(out.Body.Items, viewStuck(row, filter.Now))
	}
	return out, err
}

type countsOut struct {
	Body struct {
		Counts []StuckCountView `json:"counts" nullable:"false" doc:"Without those for which nothing waits."`
	}
}

// StuckCountView is how much is stuck for one reason.
type StuckCountView struct {
	Reason   string    `json:"reason"`
	Severity string    `json:"severity" enum:"act,watch"`
	Name     Bilingual `json:"name"`
	Count    int64     `json:"count"`
	Oldest   time.Time `json:"oldest"`
}

func (s *Server) countStuck(ctx context.Context, in *struct{ StuckQuery }) (*countsOut, error) {
	counts, err := s.Store.StuckCounts(ctx, s.stuckFilter(in.StuckQuery))
	out := &countsOut{}
	out.Body.Counts = []StuckCountView{}
	for _, c := range counts {
		about, _ := reasons.Of(c.Reason)
		out.Body.Counts = append(out.Body.Counts, StuckCountView{
			string(c.Reason), string(about.Severity), bilingual(about.Name.In), c.Count, c.Oldest.UTC(),
		})
	}
	return out, err
}
