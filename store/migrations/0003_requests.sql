-- The projection of the workflows: the law again, as constraints.
-- +goose Up
CREATE TABLE requests (
    id               text PRIMARY KEY CONSTRAINT requests_id CHECK (id ~ '^fpr_'),
    order_id         text NOT NULL REFERENCES orders,
    merchant_id      text NOT NULL REFERENCES merchants,
    app_id           text NOT NULL REFERENCES apps,
    buyer_id         text NOT NULL,
    state            text NOT NULL CONSTRAINT requests_state CHECK (state IN (
        'checking', 'open', 'paying', 'confirming', 'applying', 'settled', 'paused', 'closing',
        'ineligible', 'expired', 'cancelled_buyer', 'cancelled_merchant', 'superseded', 'paid_by_buyer',
        'blocked_risk', 'refunding', 'refunded', 'partly_refunded', 'refund_stuck')),
    reopened         boolean NOT NULL, -- late money asks its order again; another request may be open
    payable_minor    bigint NOT NULL CONSTRAINT requests_payable CHECK (payable_minor > 0),
    payable_currency text NOT NULL CONSTRAINT requests_currency CHECK (payable_currency ~ '^[A-Z]{3}$'),
    price_version    bigint NOT NULL,
    version          bigint NOT NULL CONSTRAINT requests_version CHECK (version > 0),
    seq              bigint NOT NULL CONSTRAINT requests_seq CHECK (seq >= 0),
    judged_at        timestamptz NOT NULL, -- the fence: when the stored step was judged
    entered_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    slot             text NOT NULL,
    slot_until       timestamptz,
    next_at          timestamptz,
    next_kind        text NOT NULL,
    stuck_at         timestamptz,
    ended_at         timestamptz,
    guarded          boolean NOT NULL,
    snapshot         jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT requests_slot_whole CHECK ((slot = '') = (slot_until IS NULL))
);
CREATE UNIQUE INDEX requests_one_open ON requests (order_id)
    WHERE state IN ('checking', 'open', 'paying', 'confirming', 'applying', 'paused', 'closing')
        AND NOT reopened;
CREATE INDEX requests_by_order ON requests (order_id);
CREATE INDEX requests_by_merchant ON requests (merchant_id, id DESC);
CREATE INDEX requests_by_merchant_state ON requests (merchant_id, state, id DESC);
CREATE INDEX requests_by_buyer ON requests (app_id, buyer_id, id DESC);
CREATE INDEX requests_due ON requests (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE transitions (
    request_id text NOT NULL REFERENCES requests ON DELETE CASCADE,
    seq        bigint NOT NULL CONSTRAINT transitions_seq CHECK (seq > 0),
    version    bigint NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    on_event   text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    attempt    text NOT NULL,
    refund     text NOT NULL,
    reason     text NOT NULL,
    notices    jsonb NOT NULL,
    case_kind  text NOT NULL,
    CONSTRAINT transitions_once PRIMARY KEY (request_id, seq)
);

-- +goose Down
DROP TABLE transitions, requests;
