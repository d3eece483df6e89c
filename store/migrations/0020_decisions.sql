-- +goose Up
-- What people were told about who may pay with what, and what was done on the strength of it:
-- all that is needed to take each decision again. Ids and amounts, no person's name or phone.
CREATE TABLE decisions (
    id                text PRIMARY KEY CONSTRAINT decisions_id CHECK (id ~ '^dec_'),
    side              text NOT NULL CONSTRAINT decisions_side CHECK (side IN ('buyer', 'friend', 'engine')),
    order_id          text NOT NULL REFERENCES orders ON DELETE CASCADE,
    request_id        text NOT NULL DEFAULT '', -- '': before there was a request
    invite_id         text NOT NULL DEFAULT '',
    payer_id          text NOT NULL DEFAULT '',
    surface           text NOT NULL DEFAULT '',
    at                timestamptz NOT NULL,
    catalogue_version bigint NOT NULL,
    rules             text NOT NULL, -- a hash over the rules and their versions
    facts             jsonb NOT NULL,
    outcome           jsonb NOT NULL,
    digest            bytea NOT NULL CONSTRAINT decisions_digest CHECK (length(digest) = 32)
);
CREATE INDEX decisions_by_order ON decisions (order_id, at DESC, id DESC);
CREATE INDEX decisions_by_payer ON decisions (payer_id) WHERE payer_id <> '';
CREATE INDEX decisions_by_age ON decisions (at);

-- +goose Down
DROP TABLE decisions;
