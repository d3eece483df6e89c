package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/friendpay/friendpay/models"
)

// BudgetShare is what an attempt would take of one offer's budget, in minor units.
type BudgetShare struct {
	Promotion     string
	Minor, Budget int64
}

// TakeFromBudgets says whether what an attempt is given fits into what is left of each
// offer's budget, and keeps it for the attempt if so: until the attempt is over without
// money, or for five minutes if no step ever saves it. What the request's other attempts
// hold makes room. Asked again it answers again.
func (s *Store) TakeFromBudgets(
	ctx context.Context, app, request, attempt string, shares []BudgetShare,
) (fits bool, err error) {
	const take = `INSERT INTO promotion_uses (attempt, promotion_id, app_id, request_id, minor, state)
		VALUES (?, ?, ?, ?, ?, 'held') ON CONFLICT (attempt, promotion_id) DO UPDATE
		SET state = 'held', minor = excluded.minor, taken_at = excluded.taken_at`
	err = s.WithTx(ctx, func(tx *Store) error {
		var ids []string
		for _, share := range shares {
			ids = append(ids, share.Promotion)
		}
		spent, err := tx.lockBudgets(ctx, app, request, ids)
		if err != nil {
			return err
		}
		for _, share := range shares {
			if fits = spent[share.Promotion]+share.Minor <= share.Budget; !fits {
				return nil
			}
		}
		for _, share := range shares {
			_, err := tx.write(ctx, take, attempt, share.Promotion, app, request, share.Minor)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return fits, failed("take from budgets", err)
}

// lockBudgets makes whoever wants something of these budgets wait, in one order for all, and
// says what is spent of each when what is held for nobody any more is free.
func (s *Store) lockBudgets(
	ctx context.Context, app, request string, ids []string,
) (map[string]int64, error) {
	const free = `UPDATE promotion_uses u SET state = 'free'
		WHERE app_id = @app AND promotion_id = ANY(@ids) AND state = 'held'
			AND (request_id = @request OR ` + abandoned + ")"
	about := map[string]any{"app": app, "request": request, "ids": textArray(ids)}
	if err := s.waitForBudgets(ctx, about); err != nil {
		return nil, err
	}
	if _, err := s.write(ctx, free, about); err != nil {
		return nil, err
	}
	return s.PromotionsSpent(ctx, app)
}

// abandoned is what a step that was lost held: nobody saved its attempt.
const abandoned = `u.taken_at <= clock_timestamp() - interval '` + holdLife + `'
	AND NOT EXISTS (SELECT FROM attempts WHERE number = u.attempt)`

func (s *Store) waitForBudgets(ctx context.Context, about map[string]any) error {
	const (
		begin = `INSERT INTO promotion_spent (app_id, promotion_id)
			SELECT @app, id FROM unnest(CAST(@ids AS text[])) id ORDER BY id ON CONFLICT DO NOTHING`
		lock = `SELECT minor FROM promotion_spent WHERE app_id = @app AND promotion_id = ANY(@ids)
			ORDER BY promotion_id FOR UPDATE`
	)
	if _, err := s.write(ctx, begin, about); err != nil {
		return err
	}
	_, err := s.write(ctx, lock, about)
	return err
}

// PromotionsSpent says what of each offer's budget in an app is gone or held, in minor
// units; an offer that was never used is not named.
func (s *Store) PromotionsSpent(ctx context.Context, app string) (map[string]int64, error) {
	var rows []struct {
		ID    string
		Minor int64
	}
	const query = "SELECT promotion_id AS id, minor FROM promotion_spent WHERE app_id = ?"
	if err := s.read(ctx, &rows, query, app); err != nil {
		return nil, failed("read what offers gave", err)
	}
	spent := map[string]int64{}
	for _, row := range rows {
		spent[row.ID] = row.Minor
	}
	return spent, nil
}

type useRecord struct {
	Attempt   string
	Promotion string `gorm:"column:promotion_id"`
	State     string
	Minor     int64
	Back      int64 `gorm:"column:back_minor"`
}

// spendBudgets says of each use of an offer what became of its attempt.
func (s *Store) spendBudgets(ctx context.Context, step models.Step) error {
	r := step.Request
	wanted := usesOf(r)
	if len(wanted) == 0 {
		return nil
	}
	const known = `SELECT attempt, promotion_id, state, minor, back_minor FROM promotion_uses
		WHERE request_id = ?`
	var stored []useRecord
	if err := s.read(ctx, &stored, known, r.ID); err != nil {
		return err
	}
	changed := slices.DeleteFunc(wanted, func(u useRecord) bool { return slices.Contains(stored, u) })
	if len(changed) == 0 {
		return nil
	}
	var ids []string
	for _, use := range changed {
		ids = append(ids, use.Promotion)
	}
	if err := s.waitForBudgets(ctx, map[string]any{"app": r.App, "ids": textArray(ids)}); err != nil {
		return err
	}
	const save = `INSERT INTO promotion_uses
			(attempt, promotion_id, app_id, request_id, minor, back_minor, state)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (attempt, promotion_id) DO UPDATE
		SET state = excluded.state, minor = excluded.minor, back_minor = excluded.back_minor`
	for _, use := range changed {
		_, err := s.write(ctx, save, use.Attempt, use.Promotion, r.App, r.ID, use.Minor, use.Back, use.State)
		if err != nil {
			return err
		}
	}
	return nil
}

// usesOf lists what offers give for a request's attempts, by offer.
func usesOf(r models.Request) []useRecord {
	var uses []useRecord
	for _, a := range r.Attempts {
		undone := models.Money{Currency: a.Quoted.Currency}
		for _, f := range r.Refunds {
			if f.Attempt == a.Number && f.State == models.RefundSucceeded {
				undone = undone.Plus(f.Worth())
			}
		}
		for _, d := range a.Discounts {
			use := useRecord{Attempt: a.Number, Promotion: d.Promotion, State: "free", Minor: d.Minor}
			switch {
			case a.Pending():
				use.State = "held"
			case a.State == models.SucceededAttempt:
				use.State, use.Back = "spent", a.Given(d, undone)
			}
			uses = append(uses, use)
		}
	}
	slices.SortFunc(uses, func(a, b useRecord) int { return cmp.Compare(a.Promotion, b.Promotion) })
	return uses
}
