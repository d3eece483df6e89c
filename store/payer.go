package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/internal/mint"
)

// Payer is the friend who pays. The phone itself stays in the store.
type Payer struct {
	ID          string // pay_…
	MaskedPhone string // "138****5678"
	Blocked     bool
	New         bool // this login made the profile
}

// PayerFacts is what the login check needs to know of a payer.
type PayerFacts struct{ Blocked bool }

type payerRecord struct {
	ID            string `gorm:"primaryKey"`
	PhoneIndex    []byte
	PhoneSealed   []byte
	MaskedPhone   string
	Blocked       bool
	BlockedReason string
}

func (payerRecord) TableName() string { return "payers" }

func (p payerRecord) payer() Payer {
	return Payer{ID: p.ID, MaskedPhone: p.MaskedPhone, Blocked: p.Blocked}
}

// shanghai is where a day of the limits begins; China keeps no summer time.
var shanghai = time.FixedZone("Asia/Shanghai", int((8 * time.Hour).Seconds()))

// PayerByPhone finds the payer of a phone, who exists from the first use on. The
// caller writes each phone in one way: two spellings are two payers, but for +86.
func (s *Store) PayerByPhone(ctx context.Context, phone string) (Payer, error) {
	index := s.phoneIndex(phone)
	found, err := gorm.G[payerRecord](s.db).Where("phone_index = ?", index).Take(ctx)
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return found.payer(), failed("find payer", err)
	}
	id := mint.ID(mint.Payer)
	created := payerRecord{
		ID: id, PhoneIndex: index, MaskedPhone: masked(phone),
		PhoneSealed: s.vault.Seal([]byte(phone), phonePlace(id)),
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "phone_index"}}, DoNothing: true}
	if err := gorm.G[payerRecord](s.db, once).Create(ctx, &created); err != nil {
		return Payer{}, failed("create payer", err)
	}
	found, err = gorm.G[payerRecord](s.db).Where("phone_index = ?", index).Take(ctx)
	payer := found.payer()
	payer.New = payer.ID == id // else another tab was faster
	return payer, failed("find payer", err)
}

// KnownPayer finds the payer of a phone and makes none; not_found "unknown_payer".
func (s *Store) KnownPayer(ctx context.Context, phone string) (Payer, error) {
	found, err := gorm.G[payerRecord](s.db).Where("phone_index = ?", s.phoneIndex(phone)).Take(ctx)
	return found.payer(), missing("find payer", "unknown_payer", err)
}

// Payer reads one payer; unknown is not_found "unknown_payer".
func (s *Store) Payer(ctx context.Context, id string) (Payer, error) {
	record, err := gorm.G[payerRecord](s.db).Where("id = ?", id).Take(ctx)
	return record.payer(), missing("read payer", "unknown_payer", err)
}

// PayerPhone unseals a payer's phone, for sending a message to it and nothing else; not_found
// "no_phone" of who only logged in at a provider.
func (s *Store) PayerPhone(ctx context.Context, id string) (string, error) {
	record, err := gorm.G[payerRecord](s.db).Where("id = ?", id).Take(ctx)
	if err != nil {
		return "", missing("read payer", "unknown_payer", err)
	}
	if len(record.PhoneSealed) == 0 {
		return "", unknown("no_phone")
	}
	phone, err := s.vault.Open(record.PhoneSealed, phonePlace(id))
	return string(phone), failed("unseal phone", err)
}

// BlockPayer blocks or unblocks a payer, with the reason.
func (s *Store) BlockPayer(ctx context.Context, id string, blocked bool, reason string) error {
	_, err := gorm.G[payerRecord](s.db).Where("id = ?", id).Select("blocked", "blocked_reason").
		Updates(ctx, payerRecord{Blocked: blocked, BlockedReason: reason})
	return failed("block payer", err)
}

// PayerFacts reads what CheckLogin asks about a payer; unknown is not_found "unknown_payer".
func (s *Store) PayerFacts(ctx context.Context, payer string) (PayerFacts, error) {
	record, err := gorm.G[payerRecord](s.db).Where("id = ?", payer).Take(ctx)
	return PayerFacts{Blocked: record.Blocked}, missing("read payer facts", "unknown_payer", err)
}

// PayerIsBuyer says whether any identity of the payer is the buyer's: the phone that the
// merchant told of him, or the merchant's own word for who is logged in at his app. No
// where we know no such payer or order.
func (s *Store) PayerIsBuyer(ctx context.Context, payer, order string) (bool, error) {
	const query = `SELECT EXISTS (SELECT FROM payers p WHERE p.id = ? AND p.phone_index = o.buyer_phone_index)
			AS by_phone, o.app_id AS app, o.buyer_id AS buyer FROM orders o WHERE o.id = ?`
	var found []struct {
		ByPhone    bool
		App, Buyer string
	}
	err := s.read(ctx, &found, query, payer, order)
	if err != nil || len(found) == 0 {
		return false, failed("compare payer and buyer", err)
	}
	if found[0].ByPhone {
		return true, nil
	}
	vouched, err := s.payerOf(ctx, Identity{Provider: ByMerchant, App: found[0].App, Subject: found[0].Buyer})
	return vouched.ID != "" && vouched.ID == payer, err
}

// phoneIndex is the same for a mainland number with its country code and without.
func (s *Store) phoneIndex(phone string) []byte {
	return s.vault.Index("phone", strings.TrimPrefix(phone, "+86"))
}

func phonePlace(payer string) string { return "payers.phone:" + payer }

// masked keeps the first three and the last four of a phone, less of a short one.
func masked(phone string) string {
	const front, back = 3, 4
	if len(phone) < front+back+2 {
		return "****"
	}
	return phone[:front] + strings.Repeat("*", len(phone)-front-back) + phone[len(phone)-back:]
}
