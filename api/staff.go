package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// roleOperator may change what operators decide; every role may read it.
const roleOperator = string(support.Operator)

// isStaffRole says that a colleague may read here. What opens histories opens nothing here.
func isStaffRole(role string) bool { return slices.Contains(support.Roles, support.Role(role)) }

// staffRoutes are for colleagues. The families of the catalogue are one resource each.
func (s *Server) staffRoutes() []route {
	return []route{
		{method: get, path: "/v1/staff/requests/{id}/decisions", who: staff, id: "list-request-decisions",
			summary: "What was told about a request: who may pay with what, and why not.",
			mount:   operation((*Server).requestDecisions)},
		{method: get, path: "/v1/staff/orders/{id}/decisions", who: staff, id: "list-order-decisions",
			summary: "What was told about an order.", mount: operation((*Server).orderDecisions)},
		{method: get, path: "/v1/staff/funnel", who: staff, id: "show-funnel",
			summary: "How far friends come by their invites, and where they turn back.",
			mount:   operation((*Server).showFunnel)},
		{method: get, path: "/v1/staff/{family}", who: staff, id: "list-rows",
			summary: "The rows of a part of the catalogue as they stand.", mount: operation((*Server).listRows)},
		{method: get, path: "/v1/staff/{family}/history", who: staff, id: "list-row-history",
			summary: "What a part of the catalogue, or a row of it, has been, newest first.",
			mount:   operation((*Server).listHistory)},
		{method: post, path: "/v1/staff/{family}", who: staff, id: "change-row", creates: mint.Change, rows: true,
			summary: "Make or change a row, or see what that would do.", mount: operation((*Server).changeRow)},
		{method: post, path: "/v1/staff/{family}/take-away", who: staff, id: "take-row", creates: mint.Change,
			rows: true, summary: "Take a row away, or see what that would do.",
			mount: operation((*Server).takeRow)},
	}
}

// FamilyPath names a part of the catalogue.
type FamilyPath struct {
	Family familyName `path:"family"`
}

// familyName is a family as people say it: its table's name, but limits.
type familyName string

// Schema lists them.
func (familyName) Schema(huma.Registry) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, family := range policy.Families {
		schema.Enum = append(schema.Enum, strings.TrimPrefix(family, "pay_"))
	}
	slices.SortFunc(schema.Enum, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	schema.PrecomputeMessages()
	return schema
}

// table is where the rows of the family are kept.
func (f FamilyPath) table() string {
	if f.Family == "limits" {
		return policy.Limits
	}
	return string(f.Family)
}

type rowsIn struct {
	FamilyPath
	App   string `query:"app" maxLength:"64" doc:"Its rows, and those about all apps."`
	After string `query:"after" maxLength:"300" doc:"The last key of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type historyIn struct {
	FamilyPath
	Key    string `query:"key" maxLength:"300" doc:"One row, as the list names it."`
	Before int64  `query:"before" minimum:"0" doc:"The last version of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type rowsOut struct{ Body RowsView }

// RowsView are lines of the catalogue's history: for a list the newest of each row.
type RowsView struct {
	Rows []RowView `json:"rows" nullable:"false"`
	Next string    `json:"next,omitempty" doc:"Of a list: there are more; send it as after."`
}

// RowView is a row as it was from a version on.
type RowView struct {
	Key     string          `json:"key" doc:"What names the row."`
	Version int64           `json:"version" doc:"Name it as expected_version to change the row."`
	Row     json.RawMessage `json:"row" doc:"null: taken away."`
	Author  string          `json:"author"`
	Reason  string          `json:"reason"`
	At      time.Time       `json:"at"`
}

func viewRows(entries []store.CatalogueEntry) RowsView {
	view := RowsView{Rows: []RowView{}}
	for _, e := range entries {
		body := json.RawMessage(e.Body)
		if len(body) == 0 {
			body = json.RawMessage("null")
		}
		view.Rows = append(view.Rows, RowView{e.Key, e.Version, body, e.Author, e.Reason, e.At.UTC()})
	}
	return view
}

func (s *Server) listRows(ctx context.Context, in *rowsIn) (*rowsOut, error) {
	entries, err := s.Store.CatalogueRows(ctx, store.CatalogueFilter{
		Family: in.table(), App: in.App, After: in.After, Limit: in.Limit + 1,
	})
	next := ""
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		next = entries[in.Limit-1].Key
	}
	view := viewRows(entries)
	view.Next = next
	return &rowsOut{Body: view}, err
}

func (s *Server) listHistory(ctx context.Context, in *historyIn) (*rowsOut, error) {
	entries, err := s.Store.CatalogueHistory(ctx, store.CatalogueFilter{
		Family: in.table(), Key: in.Key, Before: in.Before, Limit: in.Limit,
	})
	return &rowsOut{Body: viewRows(entries)}, err
}

// ChangeIn is what every change of the catalogue says.
type ChangeIn struct {
	Reason   string `json:"reason" minLength:"1" maxLength:"200" doc:"Why, or the ticket. No names."`
	Expected int64  `json:"expected_version" minimum:"0" doc:"The row's version when it was read; 0: none."`
	DryRun   bool   `json:"dry_run,omitempty" doc:"Show the effect and save nothing."`
	Force    bool   `json:"force,omitempty" doc:"Even if requests lose every way to pay or cost less than half."`
}

type changeIn struct {
	FamilyPath
	Body struct {
		ChangeIn
		Row map[string]json.RawMessage `json:"row" doc:"By field. What is not named stays, or has its default."`
	}
}

type takeIn struct {
	FamilyPath
	Body struct {
		ChangeIn
		Key string `json:"key" minLength:"1" maxLength:"300" doc:"As the list names the row."`
	}
}

type changeOut struct{ Body ChangedView }

// ChangedView is what was changed, or would have been, and what that does.
type ChangedView struct {
	Saved  bool           `json:"saved"`
	Rows   []RowView      `json:"rows" nullable:"false" doc:"Empty: it stands as wanted already."`
	Effect effects.Report `json:"effect"`
}

func (s *Server) changeRow(ctx context.Context, in *changeIn) (*changeOut, error) {
	return s.changeCatalogue(ctx, in.Body.ChangeIn, store.Change{Family: in.table(), Row: in.Body.Row})
}

func (s *Server) takeRow(ctx context.Context, in *takeIn) (*changeOut, error) {
	rows, err := s.rows(ctx).CatalogueRows(ctx, store.CatalogueFilter{Family: in.table(), Key: in.Body.Key})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, unseen("unknown_row")
	}
	change := store.Change{Family: in.table(), Away: true}
	if err := json.Unmarshal(rows[0].Body, &change.Row); err != nil {
		return nil, err
	}
	return s.changeCatalogue(ctx, in.Body.ChangeIn, change)
}

// changeCatalogue lets a colleague who may do so change one row. Who it was comes from his
// token, never from what he sent.
func (s *Server) changeCatalogue(ctx context.Context, in ChangeIn, change store.Change) (*changeOut, error) {
	who := caller(ctx)
	if !slices.Contains(who.Roles, roleOperator) {
		refused := models.Refuse(models.Forbidden, "operators_only", "Your role may read this, not change it.")
		refused.Fix = "Ask a colleague with the role " + roleOperator + "."
		return nil, refused
	}
	change.Expected = &in.Expected
	var out effects.Outcome
	err := s.rows(ctx).WithTx(ctx, func(tx *store.Store) (err error) {
		out, err = effects.Change(ctx, tx, effects.Order{
			By: store.By{Actor: who.id(), Reason: in.Reason}, Changes: []store.Change{change},
			DryRun: in.DryRun, Force: in.Force, Now: s.Clock(), Accounts: s.Accounts,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	view := ChangedView{Saved: out.Saved, Rows: viewRows(out.Lines).Rows, Effect: out.Effect}
	return &changeOut{Body: view}, nil
}
