package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Who says that somebody is who he is, where it is no payment provider: the merchant whose
// app he is logged in at, or an OpenID Connect issuer.
const (
	ByMerchant = "merchant" // Identity.App: our id of the app; Subject: the merchant's own id of him
	ByIssuer   = "oidc"     // Identity.App: issuer and client; Subject: the issuer's
)

// voucherLife is how long the way from the merchant's server to our page may take.
const voucherLife = 2 * time.Minute

// Voucher is a merchant's word for somebody. Token is the random word that stands for it, of
// which the store keeps a hash.
type Voucher struct {
	Token   string
	App     string
	Subject string // the merchant's own id of him
}

// IssueVoucher keeps a voucher for 2 minutes and says until when.
func (s *Store) IssueVoucher(ctx context.Context, v Voucher) (until time.Time, err error) {
	const issue = `INSERT INTO vouchers (app_id, hash, subject_sealed, expires_at)
		VALUES (?, ?, ?, clock_timestamp() + make_interval(secs => ?)) RETURNING expires_at`
	hash := stateHash(v.Token)
	sealed := s.vault.Seal([]byte(v.Subject), voucherPlace(hash))
	err = s.read(ctx, &until, issue, v.App, hash, sealed, voucherLife.Seconds())
	return until, failed("issue voucher", err)
}

// TakeVoucher uses a voucher up: it is good once, for links of its app. Gone "voucher_over"
// when there is none of that word and app, or it took too long.
func (s *Store) TakeVoucher(ctx context.Context, token, app string) (Identity, error) {
	const take = `DELETE FROM vouchers WHERE hash = ? AND app_id = ? AND expires_at > clock_timestamp()
		RETURNING subject_sealed`
	hash := stateHash(token)
	var taken []struct{ SubjectSealed []byte }
	if err := s.read(ctx, &taken, take, hash, app); err != nil {
		return Identity{}, failed("take voucher", err)
	}
	if len(taken) == 0 {
		return Identity{}, models.Refuse(models.Gone, "voucher_over", "This word took too long, or was used.")
	}
	subject, err := s.unsealed(taken[0].SubjectSealed, voucherPlace(hash))
	return Identity{Provider: ByMerchant, App: app, Subject: subject}, failed("unseal voucher", err)
}

func voucherPlace(hash []byte) string { return "vouchers.subject:" + hex.EncodeToString(hash) }
