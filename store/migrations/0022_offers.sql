-- +goose Up
-- What offers took off a payment, and the part of the order that a refund of it stands for.
ALTER TABLE attempts
    ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0
        CONSTRAINT attempts_discount CHECK (discount_minor >= 0), -- in the currency of the quote
    ADD COLUMN discounts jsonb NOT NULL DEFAULT '[]';
ALTER TABLE refunds
    ADD COLUMN order_minor bigint NOT NULL DEFAULT 0 -- 0: the amount itself
        CONSTRAINT refunds_order CHECK (order_minor = 0 OR order_minor >= amount_minor);

-- What an offer gives for an attempt: held while the attempt may still be paid, spent once it
-- was, less what went back with its refunds.
CREATE TABLE promotion_uses (
    attempt      text NOT NULL CONSTRAINT promotion_uses_attempt CHECK (attempt ~ '^[0-9A-Z]{26}$'),
    promotion_id text NOT NULL,
    app_id       text NOT NULL REFERENCES apps,
    request_id   text NOT NULL,
    minor        bigint NOT NULL CONSTRAINT promotion_uses_minor CHECK (minor > 0),
    back_minor   bigint NOT NULL DEFAULT 0
        CONSTRAINT promotion_uses_back CHECK (back_minor BETWEEN 0 AND minor),
    state        text NOT NULL CONSTRAINT promotion_uses_state CHECK (state IN ('held', 'spent', 'free')),
    taken_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (attempt, promotion_id)
);
CREATE INDEX promotion_uses_by_request ON promotion_uses (request_id);
CREATE INDEX promotion_uses_held ON promotion_uses (taken_at) WHERE state = 'held';

-- The sum of an offer's uses, kept by the trigger below: its row's lock makes those who want
-- the last of a budget wait for each other.
CREATE TABLE promotion_spent (
    app_id       text NOT NULL REFERENCES apps,
    promotion_id text NOT NULL,
    minor        bigint NOT NULL DEFAULT 0 CONSTRAINT promotion_spent_minor CHECK (minor >= 0),
    PRIMARY KEY (app_id, promotion_id)
);

-- +goose StatementBegin
CREATE FUNCTION count_promotion_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken bigint := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'free' THEN
        taken := taken - (OLD.minor - OLD.back_minor);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'free' THEN
        taken := taken + NEW.minor - NEW.back_minor;
    END IF;
    IF taken <> 0 THEN
        UPDATE promotion_spent SET minor = minor + taken WHERE app_id = coalesce(NEW.app_id, OLD.app_id)
            AND promotion_id = coalesce(NEW.promotion_id, OLD.promotion_id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER promotion_uses_counted AFTER INSERT OR UPDATE OR DELETE ON promotion_uses
    FOR EACH ROW EXECUTE FUNCTION count_promotion_use();

ALTER TABLE ledger_entries DROP CONSTRAINT ledger_account, ADD CONSTRAINT ledger_account CHECK (account IN (
    'provider_clearing', 'payer_funds', 'merchant_payable', 'provider_fees', 'sponsor_receivable'));

-- +goose Down
DELETE FROM ledger_entries WHERE key LIKE 'offer%';
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_account, ADD CONSTRAINT ledger_account CHECK (account IN (
    'provider_clearing', 'payer_funds', 'merchant_payable', 'provider_fees'));
DROP TABLE promotion_spent, promotion_uses;
DROP FUNCTION count_promotion_use;
ALTER TABLE refunds DROP COLUMN order_minor;
ALTER TABLE attempts DROP COLUMN discount_minor, DROP COLUMN discounts;
