-- +goose Up
CREATE TABLE provider_events (
    id             text PRIMARY KEY CONSTRAINT provider_events_id CHECK (id ~ '^evt_'),
    provider       text NOT NULL,
    account_id     text NOT NULL,
    event_key      text NOT NULL CONSTRAINT provider_events_key CHECK (event_key <> ''),
    kind           text NOT NULL
        CONSTRAINT provider_events_kind CHECK (kind IN ('payment', 'refund', 'probe')),
    number         text NOT NULL,
    refund         text NOT NULL,
    body_hash      bytea NOT NULL,
    raw_sealed     bytea NOT NULL,
    headers_sealed bytea NOT NULL,
    status         text NOT NULL DEFAULT 'pending'
        CONSTRAINT provider_events_status CHECK (status IN ('pending', 'applied', 'ignored', 'dead')),
    reason         text NOT NULL DEFAULT '',
    tries          integer NOT NULL DEFAULT 0,
    next_try_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at        timestamptz,
    CONSTRAINT provider_events_once UNIQUE (account_id, event_key)
);
CREATE INDEX provider_events_due ON provider_events (next_try_at) WHERE status = 'pending';
CREATE INDEX provider_events_dead ON provider_events (done_at) WHERE status = 'dead';
CREATE INDEX provider_events_by_number ON provider_events (number);
CREATE INDEX provider_events_by_refund ON provider_events (refund) WHERE refund <> '';

-- The same key with another body: the first stands, the others wait for a human.
CREATE TABLE provider_event_conflicts (
    event_id   text NOT NULL REFERENCES provider_events,
    body_hash  bytea NOT NULL,
    raw_sealed bytea NOT NULL,
    count      bigint NOT NULL DEFAULT 1,
    first_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT provider_event_conflicts_once PRIMARY KEY (event_id, body_hash)
);
CREATE INDEX provider_event_conflicts_by_time ON provider_event_conflicts (first_at);

CREATE TABLE refused_callbacks (
    day      date NOT NULL,
    provider text NOT NULL,
    account  text NOT NULL,
    reason   text NOT NULL,
    count    bigint NOT NULL CONSTRAINT refused_callbacks_count CHECK (count > 0),
    CONSTRAINT refused_callbacks_once PRIMARY KEY (day, provider, account, reason)
);

-- +goose Down
DROP TABLE refused_callbacks, provider_event_conflicts, provider_events;
