package store

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Finding is one thing that does not fit between a statement and our books.
type Finding struct {
	ID         string              `json:"id"` // fnd_…
	Provider   string              `json:"provider"`
	Account    string              `json:"account"`
	Day        string              `json:"day"`
	Kind       FindingKind         `json:"kind"`
	Entry      providers.EntryKind `json:"entry"`
	Subject    string              `json:"number"` // of the payment, or of the refund
	Request    string              `json:"request,omitempty"`
	Attempt    string              `json:"attempt,omitempty"`
	Minor      int64               `json:"minor"`       // what the line says, in fen; of a wrong fee the fee
	LocalMinor int64               `json:"local_minor"` // what we say, or what fee was agreed
	LocalState string              `json:"local_state,omitempty"`
	Currency   string              `json:"currency,omitempty"`
	Route      string              `json:"route"` // hint, case, or both
	Case       string              `json:"case,omitempty"`
	Round      int64               `json:"-"`
	Routed     bool                `json:"-"`
}

const findings = `SELECT id, provider, account_id AS account, to_char(day, 'YYYY-MM-DD') AS day, kind, entry,
	subject, request_id AS request, attempt, minor, local_minor, local_state, currency, route, case_id AS "case",
	round, routed_at IS NOT NULL AS routed FROM statement_findings WHERE closed_at IS NULL `

// Findings lists what is open of an account's day, by id from the first after that; empty
// names do not narrow.
func (s *Store) Findings(
	ctx context.Context, about models.StatementDay, after string, limit int,
) ([]Finding, error) {
	const narrowed = findings + `AND (@provider = '' OR provider = @provider)
		AND (@account = '' OR account_id = @account)
		AND (@day = '' OR day = CAST(nullif(@day, '') AS date)) AND id > @after ORDER BY id LIMIT @limit`
	var list []Finding
	err := s.read(ctx, &list, narrowed, map[string]any{
		"provider": about.Provider, "account": about.Account, "day": about.Day, "after": after, "limit": limit,
	})
	return list, failed("list findings", err)
}

// routePage is how many findings are looked at together.
const routePage = 200

// patience is how long the engine may ask about a line before a human has to.
const patience = "20 hours"

// RouteFindings lets what was found go where it belongs, once: money that we have not seen
// is a hint for its request, everything else is a case. A hint that nothing came of for most
// of a day is a case too.
func (s *Store) RouteFindings(ctx context.Context, account string, beat func()) error {
	const unrouted = findings + `AND account_id = ? AND (routed_at IS NULL OR route = 'hint'
		AND routed_at < clock_timestamp() - interval '` + patience + `'
		AND (entry = 'capture' OR local_state NOT IN ('due', 'processing'))) ORDER BY id LIMIT ?`
	for {
		var list []Finding
		if err := s.read(ctx, &list, unrouted, account, routePage); err != nil {
			return failed("route findings", err)
		}
		for _, f := range list {
			err := s.WithTx(ctx, func(tx *Store) error { return tx.route(ctx, f) })
			if err != nil {
				return failed("route findings", err)
			}
		}
		beat()
		if len(list) < routePage {
			return nil
		}
	}
}

func (s *Store) route(ctx context.Context, f Finding) error {
	const routed = `UPDATE statement_findings SET route = ?, case_id = ?, routed_at = clock_timestamp()
		WHERE id = ? AND closed_at IS NULL`
	route, opened := "", Case{}
	if f.Kind == Unrecorded {
		route = "hint"
		if err := s.hint(ctx, f); err != nil {
			return err
		}
	}
	if kind := f.caseKind(); kind != "" {
		var err error
		if opened, err = s.OpenCase(ctx, f.asCase(kind)); err != nil {
			return err
		}
		if route != "" {
			route += ", "
		}
		route += "case"
	}
	_, err := s.write(ctx, routed, route, opened.ID, f.ID)
	return err
}

// hint tells the request as a callback would: what is true of it the provider is asked.
func (s *Store) hint(ctx context.Context, f Finding) error {
	key := fmt.Sprintf("statement:%s:%d", f.ID, f.Round)
	event := ProviderEvent{
		Provider: f.Provider, Account: f.Account, Key: key, Kind: providers.PaymentNotice,
		Number: f.Attempt, Raw: []byte(key),
	}
	if f.Entry == providers.RefundEntry {
		event.Kind, event.Refund = providers.RefundNotice, f.Subject
	}
	_, err := s.KeepEvent(ctx, event)
	return err
}

// caseKind is the kind of case that a finding is for a human; empty: it is none.
func (f Finding) caseKind() models.CaseKind {
	switch {
	case f.Kind == Phantom:
		return models.CaseOrphan
	case f.Kind == Missing:
		return models.CaseUnbilled
	case f.Kind != Unrecorded, f.Routed, f.LocalState == "failed", f.LocalState == "replaced":
		return models.CaseStatement
	default:
		return ""
	}
}

// said is each finding in words.
var said = map[FindingKind]string{
	Phantom:       "The provider's statement has a %s of %s under a number that is not ours.",
	Unrecorded:    "The provider's statement has a %s of %s that we have not seen.",
	WrongAmount:   "The provider's statement has a %s of %s where we have %s.",
	Duplicate:     "The provider's statement has a %s of %s a second time.",
	LedgerDiffers: "The provider's statement has a %s of %s that our ledger books otherwise.",
}

// Say is the finding in a sentence for people.
func (f Finding) Say() string {
	theirs := models.Money{Minor: f.Minor, Currency: f.Currency}
	ours := models.Money{Minor: f.LocalMinor, Currency: f.Currency}
	switch f.Kind {
	case Missing:
		return fmt.Sprintf("Our %s of %s stands in no statement of the provider's.", f.Entry, ours)
	case WrongFee:
		return f.sayFee()
	case WrongAmount:
		return fmt.Sprintf(said[f.Kind], f.Entry, theirs, ours)
	default:
		return fmt.Sprintf(said[f.Kind], f.Entry, theirs)
	}
}

// sayFee tells fees in fen: they are too small to be read in yuan.
func (f Finding) sayFee() string {
	if f.Entry == providers.RefundEntry {
		const back = "The provider gave back %d fen of its fee for a refund where at most %d fen were agreed."
		return fmt.Sprintf(back, -f.Minor, -f.LocalMinor)
	}
	const kept = "The provider kept a fee of %d fen of a capture where %d fen were agreed."
	return fmt.Sprintf(kept, f.Minor, f.LocalMinor)
}

func (f Finding) asCase(kind models.CaseKind) Case {
	about := Case{
		Request: f.Request, Kind: kind, Attempt: f.Attempt, Provider: f.Provider, Account: f.Account, Day: f.Day,
		Detail: f.Say(),
	}
	if f.Entry == providers.RefundEntry {
		about.Refund = f.Subject
	}
	if about.Attempt == "" && f.Entry == providers.CaptureEntry {
		about.Attempt = f.Subject
	}
	return about
}
