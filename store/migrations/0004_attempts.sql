-- +goose Up
CREATE TABLE attempts (
    number            text PRIMARY KEY CONSTRAINT attempts_number CHECK (number ~ '^[0-9A-Z]{26}$'),
    request_id        text NOT NULL REFERENCES requests ON DELETE CASCADE,
    order_id          text NOT NULL REFERENCES orders,
    version           bigint NOT NULL,
    invite_id         text NOT NULL,
    payer_id          text NOT NULL CONSTRAINT attempts_payer CHECK (payer_id <> ''),
    by_buyer          boolean NOT NULL,
    channel           text NOT NULL,
    provider          text NOT NULL,
    account_id        text NOT NULL,
    product           text NOT NULL,
    quoted_minor      bigint NOT NULL CONSTRAINT attempts_quoted CHECK (quoted_minor > 0),
    quoted_currency   text NOT NULL,
    price_version     bigint NOT NULL,
    state             text NOT NULL CONSTRAINT attempts_state CHECK (state IN (
        'new', 'unknown', 'live', 'closing', 'closed', 'failed', 'succeeded')),
    state_since       timestamptz NOT NULL,
    disposition       text NOT NULL CONSTRAINT attempts_disposition CHECK (disposition IN (
        '', 'deciding', 'applied', 'duplicate', 'late', 'stale_price', 'order_gone', 'amount_mismatch',
        'risk_hold')),
    captured_minor    bigint NOT NULL CONSTRAINT attempts_captured CHECK (captured_minor >= 0),
    captured_currency text NOT NULL,
    refunded_minor    bigint NOT NULL DEFAULT 0, -- kept by the trigger below: what went back or is to go back
    transaction       text NOT NULL,
    paid_at           timestamptz,
    created_at        timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    watched           boolean NOT NULL,
    reason            text NOT NULL,
    CONSTRAINT attempts_refunded_within_captured CHECK (refunded_minor BETWEEN 0 AND captured_minor),
    CONSTRAINT attempts_success_whole
        CHECK ((state = 'succeeded') = (disposition <> '') AND (state = 'succeeded' OR captured_minor = 0))
);
CREATE UNIQUE INDEX attempts_one_pending ON attempts (request_id)
    WHERE state IN ('new', 'unknown', 'live', 'closing');
CREATE UNIQUE INDEX attempts_one_applied ON attempts (order_id) WHERE disposition = 'applied';
CREATE INDEX attempts_by_request ON attempts (request_id);
CREATE INDEX attempts_by_payer ON attempts (payer_id, paid_at) WHERE state = 'succeeded';
CREATE INDEX attempts_waiting ON attempts (state_since) WHERE state IN ('unknown', 'closing');

CREATE TABLE refunds (
    number          text PRIMARY KEY CONSTRAINT refunds_number CHECK (number ~ '^[0-9A-Z]{26}$'),
    request_id      text NOT NULL REFERENCES requests ON DELETE CASCADE,
    attempt         text NOT NULL REFERENCES attempts ON DELETE CASCADE,
    version         bigint NOT NULL,
    amount_minor    bigint NOT NULL CONSTRAINT refunds_amount CHECK (amount_minor > 0),
    amount_currency text NOT NULL,
    reason          text NOT NULL,
    state           text NOT NULL
        CONSTRAINT refunds_state CHECK (state IN ('due', 'processing', 'succeeded', 'failed', 'replaced')),
    failure         text NOT NULL,
    created_at      timestamptz NOT NULL,
    done_at         timestamptz,
    CONSTRAINT refunds_done_whole CHECK ((state = 'succeeded') = (done_at IS NOT NULL))
);
CREATE INDEX refunds_by_request ON refunds (request_id);
CREATE INDEX refunds_by_attempt ON refunds (attempt);
CREATE INDEX refunds_waiting ON refunds (created_at) WHERE state IN ('due', 'processing', 'failed');

-- The sum lives in the attempt's row, so that its lock makes refunds of one
-- attempt wait for each other. It is moved by the difference and not counted
-- anew: a count would not see what the transaction it waited for has committed.
-- +goose StatementBegin
CREATE FUNCTION count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'replaced' THEN
        UPDATE attempts SET refunded_minor = refunded_minor - OLD.amount_minor WHERE number = OLD.attempt;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'replaced' THEN
        UPDATE attempts SET refunded_minor = refunded_minor + NEW.amount_minor WHERE number = NEW.attempt;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER refunds_counted AFTER INSERT OR DELETE OR UPDATE OF amount_minor, state, attempt ON refunds
    FOR EACH ROW EXECUTE FUNCTION count_refund();

-- +goose Down
DROP TABLE refunds, attempts;
DROP FUNCTION count_refund;
