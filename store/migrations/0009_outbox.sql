-- +goose Up
CREATE TABLE messages (
    id          text PRIMARY KEY CONSTRAINT messages_id CHECK (id ~ '^msg_'),
    request_id  text NOT NULL REFERENCES requests ON DELETE CASCADE,
    version     bigint NOT NULL,
    seq         bigint NOT NULL,
    kind        text NOT NULL CONSTRAINT messages_kind CHECK (kind IN ('webhook', 'sms')),
    type        text NOT NULL,
    app_id      text NOT NULL,
    payer_id    text NOT NULL,
    payload     jsonb NOT NULL,
    status      text NOT NULL DEFAULT 'pending'
        CONSTRAINT messages_status CHECK (status IN ('pending', 'sent', 'dead')),
    tries       integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at     timestamptz,
    http_status integer NOT NULL DEFAULT 0,
    last_error  text NOT NULL DEFAULT '',
    CONSTRAINT messages_once UNIQUE (request_id, seq, kind, type),
    CONSTRAINT messages_sms_to_payer CHECK ((kind = 'sms') = (payer_id <> ''))
);
CREATE INDEX messages_due ON messages (next_try_at) WHERE status = 'pending';
CREATE INDEX messages_failing ON messages (created_at)
    WHERE status = 'dead' OR (status = 'pending' AND tries >= 3);

-- +goose Down
DROP TABLE messages;
