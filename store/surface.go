package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// SurfaceOpens counts the links that were made for each surface in a span of time, and those
// of them that somebody opened since.
func (s *Store) SurfaceOpens(ctx context.Context, from, to time.Time) ([]policy.Opens, error) {
	const query = `SELECT split_part(surface, '_', 1) AS surface, count(*) AS shared,
			count(first_opened_at) AS opened
		FROM invites WHERE created_at >= ? AND created_at < ? AND surface <> '' GROUP BY 1 ORDER BY 1`
	var seen []policy.Opens
	return seen, failed("count opened links", s.read(ctx, &seen, query, from.UTC(), to.UTC()))
}

// ReportSurface keeps that a visitor could not open a link on a surface, a family; again
// it changes nothing. visitor is a keyed hash of 32 bytes.
func (s *Store) ReportSurface(ctx context.Context, invite, surface string, visitor []byte) error {
	const keep = `INSERT INTO surface_reports (invite_id, visitor, surface) VALUES (?, ?, ?)
		ON CONFLICT DO NOTHING`
	_, err := s.write(ctx, keep, invite, visitor, surface)
	return failed("keep a report", err)
}

// SurfaceReports counts who reported surfaces since a moment, of the last day at most.
func (s *Store) SurfaceReports(ctx context.Context, since time.Time) (seen []policy.Reports, err error) {
	const query = `SELECT surface, count(DISTINCT invite_id) AS links, count(DISTINCT visitor) AS visitors
		FROM surface_reports WHERE at >= ? GROUP BY 1 ORDER BY 1`
	return seen, failed("count reports", s.read(ctx, &seen, query, since.UTC()))
}

// OpenSurfaceCase opens a case about a surface once a day, in Shanghai, whatever became of
// it. why is for staff.
func (s *Store) OpenSurfaceCase(
	ctx context.Context, surface, why string, now time.Time,
) (opened bool, err error) {
	day := now.In(models.Shanghai).Format(time.DateOnly)
	known := false
	const look = "SELECT EXISTS (SELECT FROM cases WHERE kind = ? AND account = ? AND day = ?)"
	if err := s.read(ctx, &known, look, string(models.CaseSurface), surface, day); err != nil || known {
		return false, failed("look for a case", err)
	}
	_, err = s.OpenCase(ctx, Case{
		Kind: models.CaseSurface, Account: surface, Day: day,
		Detail: why,
	})
	return err == nil, err
}
