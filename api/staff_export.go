package api

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const (
	mostExported = 10_000 // rows of one export
	flushEvery   = 200
)

// sheet writes rows of CSV as they are read.
type sheet struct {
	*csv.Writer
	out  http.ResponseWriter
	rows int
}

// row writes one line. What a spreadsheet would take for a formula is made plain text.
func (w *sheet) row(cells ...string) error {
	for i, cell := range cells {
		cells[i] = plainCell(cell)
	}
	if w.rows++; w.rows%flushEvery == 0 {
		w.Flush()
		if flusher, ok := w.out.(http.Flusher); ok {
			flusher.Flush()
		}
	}
	return w.Write(cells)
}

// plainCell keeps a spreadsheet from running what others wrote: reasons, names of orders, a provider's words.
func plainCell(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r\n|＝＋－＠") == 0 { // some take wide ones for the narrow
		return "'" + cell
	}
	return cell
}

// exports are what may be exported, and how.
var exports = map[string]func(*Server, context.Context, echo.Context, *sheet) error{
	"stuck": (*Server).exportStuck, "cases": (*Server).exportCases, "commands": (*Server).exportCommands,
}

// filterWord is what reasons, severities, kinds and apps are made of.
var filterWord = regexp.MustCompile(`^[a-z][0-9a-z_,]{0,199}$`)

// export answers at most 10,000 rows. It is a POST since it is audited.
func (s *Server) export(c echo.Context) error {
	ctx, what := c.Request().Context(), c.Param("what")
	write, known := exports[what]
	if !known {
		return unseen("unknown_export")
	}
	who := caller(ctx)
	if !slices.ContainsFunc(who.Roles, func(role string) bool { return role != "viewer" && isStaffRole(role) }) {
		refused := models.Refuse(models.Forbidden, "agents_only", "Your role may read this, not export it.")
		refused.Fix = "Ask a colleague with the role agent."
		return refused
	}
	filter := map[string]string{}
	for _, name := range []string{"reason", "app", "severity", "kind"} {
		// The audit is kept for ever: what is no word of ours filters nothing that is there.
		if value := c.QueryParam(name); filterWord.MatchString(value) {
			filter[name] = value
		}
	}
	err := s.Store.Audit(ctx, store.Deed{Actor: who.id(), Act: "export", Subject: what, Detail: filter})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="friendpay-`+what+`.csv"`)
	out := &sheet{Writer: csv.NewWriter(c.Response()), out: c.Response()}
	err = write(s, ctx, c, out)
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil && c.Response().Committed {
		return fmt.Errorf("export %s after %d rows: %w", what, out.rows, err)
	}
	return err
}

func (s *Server) exportStuck(ctx context.Context, c echo.Context, out *sheet) error {
	query := StuckQuery{App: c.QueryParam("app"), Severity: c.QueryParam("severity")}
	for reason := range strings.SplitSeq(c.QueryParam("reason"), ",") {
		if _, known := reasons.Of(reasons.Reason(reason)); known {
			query.Reasons = append(query.Reasons, reasonName(reason))
		}
	}
	filter := s.stuckFilter(query)
	_ = out.row("reason", "severity", "text", "request", "app", "state", "subject", "detail", "since",
		"age_seconds", "step", "step_subject")
	return s.Store.EachStuck(ctx, filter, mostExported, func(r store.StuckRow) error {
		age := strconv.FormatInt(int64(max(filter.Now.Sub(r.Since), 0).Seconds()), 10)
		return out.row(string(r.Reason), string(r.Severity), r.Say("en"), r.Request, r.App, string(r.State),
			r.Subject, r.Detail, written(r.Since), age, r.Step, r.StepSubject)
	})
}

func (s *Server) exportCases(ctx context.Context, c echo.Context, out *sheet) error {
	_ = out.row("case", "kind", "request", "payment", "refund", "provider", "account", "detail", "owner",
		"opened", "due", "closed", "closed_by", "resolution")
	filter := store.CaseFilter{Kind: models.CaseKind(c.QueryParam("kind")), Closed: true, Limit: 100}
	for out.rows <= mostExported {
		page, err := s.Store.Cases(ctx, filter)
		if err != nil {
			return err
		}
		for _, k := range page.Items {
			err := out.row(k.ID, string(k.Kind), k.Request, k.Attempt, k.Refund, k.Provider, k.Account, k.Detail,
				k.Owner, written(k.OpenedAt), written(k.DueAt), written(k.ClosedAt), k.ClosedBy, k.Resolution)
			if err != nil {
				return err
			}
		}
		if filter.Cursor = page.Next; filter.Cursor == "" {
			return nil
		}
	}
	return nil
}

func (s *Server) exportCommands(ctx context.Context, _ echo.Context, out *sheet) error {
	_ = out.row("command", "name", "subject", "request", "reason", "by", "approved_by", "state", "outcome", "at")
	return s.Store.CommandLines(ctx, mostExported, func(l store.CommandLine) error {
		return out.row(l.ID, l.Name, l.Subject, l.Request, l.Reason, l.By, l.ApprovedBy, l.State, l.Outcome,
			written(l.At))
	})
}

// written is a moment as a spreadsheet reads it; none is empty.
func written(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
