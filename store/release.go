package store

import (
	"context"
	"encoding/json"

	"github.com/friendpay/friendpay/models"
)

// Cohort is what a request was made with. It travels with the request's links: who
// opens one need not be of any cohort himself.
type Cohort struct {
	Request   string
	Released  []string // as in policy; nil: nothing was kept of a request so old
	Catalogue int64    // the version that decided
}

// SaveCohort keeps it; the first word about a request stays.
func (s *Store) SaveCohort(ctx context.Context, cohort Cohort) error {
	released, err := json.Marshal(cohort.Released)
	if err != nil {
		return failed("save cohort", err)
	}
	const save = `INSERT INTO request_releases (request_id, released, catalogue_version) VALUES (?, ?, ?)
		ON CONFLICT (request_id) DO NOTHING`
	_, err = s.write(ctx, save, cohort.Request, string(released), cohort.Catalogue)
	return failed("save cohort", err)
}

// Cohort reads what a request was made with; of one that nothing was kept of it is empty.
func (s *Store) Cohort(ctx context.Context, request string) (Cohort, error) {
	const query = `SELECT request_id AS request, released, catalogue_version AS catalogue
		FROM request_releases WHERE request_id = ?`
	var found []cohortRecord
	if err := s.read(ctx, &found, query, request); err != nil || len(found) == 0 {
		return Cohort{Request: request}, failed("read cohort", err)
	}
	return found[0].cohort(), nil
}

// OpenCohort reads what the open request of an order was made with, the order named by
// the merchant's number; open says whether there is one.
func (s *Store) OpenCohort(ctx context.Context, app, number string) (cohort Cohort, open bool, err error) {
	const query = `SELECT r.id AS request, c.released, coalesce(c.catalogue_version, 0) AS catalogue
		FROM orders o JOIN requests r ON r.order_id = o.id LEFT JOIN request_releases c ON c.request_id = r.id
		WHERE o.app_id = ? AND o.number = ? AND r.state IN ? LIMIT 1`
	var found []cohortRecord
	if err := s.read(ctx, &found, query, app, number, openStates); err != nil || len(found) == 0 {
		return Cohort{}, false, failed("read cohort", err)
	}
	return found[0].cohort(), true, nil
}

type cohortRecord struct {
	Request   string
	Released  []string `gorm:"serializer:list"`
	Catalogue int64
}

func (c cohortRecord) cohort() Cohort { return Cohort(c) }

// Place is where the payer of an attempt said that he was; of an attempt that nothing is
// known of it is empty.
func (s *Store) Place(ctx context.Context, attempt models.Attempt) (surface, version string, err error) {
	var place struct{ Surface, Version string }
	const query = "SELECT surface, version FROM checkouts WHERE attempt = ?"
	err = s.read(ctx, &place, query, attempt.Number)
	return place.Surface, place.Version, failed("read checkout", err)
}
