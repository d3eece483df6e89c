-- +goose Up
CREATE TABLE idempotency_keys (
    principal    text NOT NULL,
    value        text NOT NULL CONSTRAINT idempotency_keys_value CHECK (length(value) BETWEEN 1 AND 255),
    fingerprint  bytea NOT NULL,
    resource     text NOT NULL,
    leased_until timestamptz NOT NULL,
    status       integer NOT NULL DEFAULT 0, -- 0: no answer yet
    content_type text NOT NULL DEFAULT '',
    body_sealed  bytea NOT NULL DEFAULT '',  -- answers hold links
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_keys_once PRIMARY KEY (principal, value)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- +goose Down
DROP TABLE idempotency_keys;
