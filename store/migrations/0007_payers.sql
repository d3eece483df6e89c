-- +goose Up
CREATE TABLE payers (
    id             text PRIMARY KEY CONSTRAINT payers_id CHECK (id ~ '^pay_'),
    phone_index    bytea NOT NULL CONSTRAINT payers_phone_index CHECK (length(phone_index) = 32),
    phone_sealed   bytea NOT NULL,
    masked_phone   text NOT NULL,
    blocked        boolean NOT NULL DEFAULT false,
    blocked_reason text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payers_phone_once UNIQUE (phone_index)
);

CREATE TABLE login_codes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone_index bytea NOT NULL,
    purpose     text NOT NULL,
    code_hash   bytea NOT NULL,
    issued_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL,
    tries       integer NOT NULL DEFAULT 0 CONSTRAINT login_codes_tries CHECK (tries BETWEEN 0 AND 5),
    used_at     timestamptz
);
CREATE INDEX login_codes_by_phone ON login_codes (phone_index, issued_at DESC);

CREATE INDEX login_codes_by_age ON login_codes (issued_at);

CREATE TABLE limits (
    bucket     bytea PRIMARY KEY, -- a keyed hash: buckets are named after addresses
    count      bigint NOT NULL CONSTRAINT limits_count CHECK (count > 0),
    expires_at timestamptz NOT NULL
);
CREATE INDEX limits_over ON limits (expires_at);

-- +goose Down
DROP TABLE limits, login_codes, payers;
