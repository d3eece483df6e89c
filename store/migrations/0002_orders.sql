-- +goose Up
CREATE TABLE orders (
    id               text PRIMARY KEY CONSTRAINT orders_id CHECK (id ~ '^ord_'),
    app_id           text NOT NULL REFERENCES apps,
    merchant_id      text NOT NULL REFERENCES merchants,
    buyer_id         text NOT NULL CONSTRAINT orders_buyer CHECK (buyer_id <> ''),
    buyer_name       text NOT NULL DEFAULT '',
    buyer_phone_index bytea
        CONSTRAINT orders_buyer_phone_index CHECK (length(buyer_phone_index) = 32), -- NULL: not told
    number           text NOT NULL CONSTRAINT orders_number CHECK (number <> ''),
    title            text NOT NULL,
    items            jsonb NOT NULL DEFAULT '[]',
    payable_minor    bigint NOT NULL CONSTRAINT orders_payable CHECK (payable_minor > 0),
    payable_currency text NOT NULL CONSTRAINT orders_currency CHECK (payable_currency ~ '^[A-Z]{3}$'),
    price_version    bigint NOT NULL,
    kind             text NOT NULL DEFAULT '',
    pay_deadline     timestamptz,
    stock_hold_until timestamptz,
    allowed_channels jsonb NOT NULL DEFAULT '[]',
    state            text NOT NULL
        CONSTRAINT orders_state CHECK (state IN ('unpaid', 'paid', 'released', 'cancelled')),
    applied_request  text NOT NULL DEFAULT '',
    applied_attempt  text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_number_once UNIQUE (app_id, number),
    CONSTRAINT orders_claim_whole CHECK ((applied_request = '') = (applied_attempt = '')),
    CONSTRAINT orders_paid_by_claim CHECK (state <> 'paid' OR applied_attempt <> '')
);
CREATE INDEX orders_by_buyer ON orders (app_id, buyer_id, id DESC);

-- +goose Down
DROP TABLE orders;
