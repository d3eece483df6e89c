-- +goose Up
-- Who works: each worker process says so every few seconds, as long as it waits for tasks of the engine.
CREATE TABLE heartbeats (
    process text PRIMARY KEY CONSTRAINT heartbeats_process CHECK (process <> ''), -- a name for one life of it
    build   text NOT NULL DEFAULT '',
    queues  jsonb NOT NULL DEFAULT '[]',
    born_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX heartbeats_by_time ON heartbeats (at);

-- What is wrong with the engine itself; a row goes away when it is over.
CREATE TABLE engine_troubles (
    kind       text NOT NULL CONSTRAINT engine_troubles_kind
        CHECK (kind IN ('temporal_down', 'worker_gone', 'task_failing', 'relay_stuck')),
    request_id text NOT NULL DEFAULT '', -- of a failing task; there need not be a row of it yet
    detail     text NOT NULL DEFAULT '',
    since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, request_id)
);

-- Requests whose engine did not answer somebody: the watch looks at their runs.
CREATE TABLE engine_suspects (
    request_id text PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX engine_suspects_by_time ON engine_suspects (at);

-- Which of several processes does what only one must: it has to come back before its time is up.
CREATE TABLE leases (
    name   text PRIMARY KEY,
    holder text NOT NULL,
    until  timestamptz NOT NULL
);

-- What a colleague looks for again and again.
CREATE TABLE saved_filters (
    owner    text NOT NULL CONSTRAINT saved_filters_owner CHECK (owner <> ''),
    name     text NOT NULL CONSTRAINT saved_filters_name CHECK (length(name) BETWEEN 1 AND 60),
    filter   jsonb NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner, name)
);

-- A burst of callbacks that do not verify is one within ten minutes, not one of a day.
ALTER TABLE refused_callbacks
    ADD COLUMN burst    bigint NOT NULL DEFAULT 0, -- since burst_at
    ADD COLUMN burst_at timestamptz,
    ADD COLUMN last_at  timestamptz;
CREATE INDEX refused_callbacks_by_time ON refused_callbacks (last_at) WHERE last_at IS NOT NULL;

-- What is stuck is found by these, however many rows are well.
CREATE INDEX requests_applying ON requests (entered_at) WHERE state = 'applying';
CREATE INDEX requests_late ON requests (expires_at) WHERE state IN ('confirming', 'closing');
CREATE INDEX attempts_live ON attempts (state_since) WHERE state = 'live';
CREATE INDEX provider_events_waiting ON provider_events (received_at) WHERE status = 'pending';
CREATE INDEX messages_troubled ON messages (created_at)
    WHERE status = 'dead' OR (status = 'pending' AND tries >= 2 AND last_error <> '');

-- And what people look for by these.
CREATE INDEX orders_by_number ON orders (number);
CREATE INDEX orders_by_phone ON orders (buyer_phone_index) WHERE buyer_phone_index IS NOT NULL;
CREATE INDEX attempts_by_transaction ON attempts (transaction) WHERE transaction <> '';
CREATE INDEX attempts_of_payer ON attempts (payer_id, created_at DESC);
CREATE INDEX provider_events_by_key ON provider_events (event_key);

-- +goose Down
DROP INDEX provider_events_by_key, attempts_of_payer, attempts_by_transaction, orders_by_phone, orders_by_number,
    messages_troubled, provider_events_waiting, attempts_live, requests_late, requests_applying,
    refused_callbacks_by_time;
ALTER TABLE refused_callbacks DROP COLUMN last_at, DROP COLUMN burst_at, DROP COLUMN burst;
DROP TABLE saved_filters, leases, engine_suspects, engine_troubles, heartbeats;
