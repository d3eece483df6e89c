-- +goose Up
CREATE TABLE invites (
    id              text PRIMARY KEY CONSTRAINT invites_id CHECK (id ~ '^inv_'),
    request_id      text NOT NULL REFERENCES requests ON DELETE CASCADE,
    generation      integer NOT NULL CONSTRAINT invites_generation CHECK (generation > 0),
    token_hash      bytea NOT NULL CONSTRAINT invites_token_hash CHECK (length(token_hash) = 32),
    code_hash       bytea CONSTRAINT invites_code_hash CHECK (length(code_hash) = 32),
    surface         text NOT NULL DEFAULT '',
    label           text NOT NULL DEFAULT '',
    state           text NOT NULL CONSTRAINT invites_state CHECK (state IN ('live', 'revoked', 'declined')),
    decline_reason  text NOT NULL DEFAULT '',
    expires_at      timestamptz NOT NULL,
    first_opened_at timestamptz,
    opened_count    bigint NOT NULL DEFAULT 0 CONSTRAINT invites_opened CHECK (opened_count >= 0),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invites_token_once UNIQUE (token_hash),
    CONSTRAINT invites_code_once UNIQUE (code_hash)
);
CREATE INDEX invites_by_request ON invites (request_id, id);

-- +goose Down
DROP TABLE invites;
