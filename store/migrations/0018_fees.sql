-- +goose Up
-- What the provider keeps of an amount, in hundredths of a percent; 0: nobody said, and fees
-- are booked but not judged.
ALTER TABLE provider_accounts ADD COLUMN fee_basis_points bigint NOT NULL DEFAULT 0
    CONSTRAINT provider_accounts_fee CHECK (fee_basis_points BETWEEN 0 AND 10000);
ALTER TABLE statement_findings DROP CONSTRAINT statement_findings_kind, ADD CONSTRAINT statement_findings_kind
    CHECK (kind IN ('phantom', 'unrecorded', 'wrong_amount', 'duplicate', 'ledger_differs', 'wrong_fee', 'missing'));

-- +goose Down
DELETE FROM statement_findings WHERE kind = 'wrong_fee';
ALTER TABLE statement_findings DROP CONSTRAINT statement_findings_kind, ADD CONSTRAINT statement_findings_kind
    CHECK (kind IN ('phantom', 'unrecorded', 'wrong_amount', 'duplicate', 'ledger_differs', 'missing'));
ALTER TABLE provider_accounts DROP COLUMN fee_basis_points;
