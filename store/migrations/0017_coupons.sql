-- +goose Up
-- What a provider's coupon paid of a capture and got back of a refund, where the payer's
-- own part came from, what he saw at the till, and when he should have his money back.
ALTER TABLE channels ADD COLUMN brand text NOT NULL DEFAULT '';
ALTER TABLE attempts
    ADD COLUMN brand text NOT NULL DEFAULT '',
    ADD COLUMN funding text NOT NULL DEFAULT '',
    ADD COLUMN coupon_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN coupon_currency text NOT NULL DEFAULT '',
    ADD CONSTRAINT attempts_coupon_within_captured CHECK (coupon_minor BETWEEN 0 AND captured_minor);
ALTER TABLE refunds
    ADD COLUMN coupon_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN coupon_currency text NOT NULL DEFAULT '',
    ADD COLUMN expected_by timestamptz,
    ADD COLUMN wish text NOT NULL DEFAULT '',
    ADD COLUMN diverted boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT refunds_coupon_within_amount CHECK (coupon_minor BETWEEN 0 AND amount_minor);

-- +goose Down
ALTER TABLE refunds
    DROP COLUMN coupon_minor, DROP COLUMN coupon_currency, DROP COLUMN expected_by, DROP COLUMN wish,
    DROP COLUMN diverted;
ALTER TABLE attempts
    DROP COLUMN brand, DROP COLUMN funding, DROP COLUMN coupon_minor, DROP COLUMN coupon_currency;
ALTER TABLE channels DROP COLUMN brand;
