-- +goose Up
CREATE TABLE cases (
    id         text PRIMARY KEY CONSTRAINT cases_id CHECK (id ~ '^cas_'),
    request_id text NOT NULL, -- empty for an event that belongs to none
    version    bigint NOT NULL DEFAULT 0, -- of the step that opened it; 0: no step did
    kind       text NOT NULL CONSTRAINT cases_kind CHECK (kind IN (
        'capture_mismatch', 'risk_hold', 'provider_silent', 'refund_failed', 'unknown_number')),
    attempt    text NOT NULL DEFAULT '',
    refund     text NOT NULL DEFAULT '',
    provider   text NOT NULL DEFAULT '',
    account    text NOT NULL DEFAULT '',
    detail     text NOT NULL DEFAULT '',
    owner      text NOT NULL DEFAULT '',
    opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at     timestamptz NOT NULL,
    closed_at  timestamptz,
    closed_by  text NOT NULL DEFAULT '',
    resolution text NOT NULL DEFAULT '',
    CONSTRAINT cases_closed_whole CHECK ((closed_at IS NULL) = (closed_by = ''))
);
CREATE UNIQUE INDEX cases_one_open ON cases (request_id, kind, attempt, refund) WHERE closed_at IS NULL;
CREATE INDEX cases_by_request ON cases (request_id);
CREATE INDEX cases_due ON cases (due_at) WHERE closed_at IS NULL;

CREATE TABLE provider_calls (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id text NOT NULL,
    attempt    text NOT NULL,
    refund     text NOT NULL,
    provider   text NOT NULL,
    op         text NOT NULL,
    class      text NOT NULL
        CONSTRAINT provider_calls_class CHECK (class IN ('', 'definite', 'ambiguous', 'refused')),
    code       text NOT NULL,
    latency_ms bigint NOT NULL CONSTRAINT provider_calls_latency CHECK (latency_ms >= 0),
    at         timestamptz NOT NULL
);
CREATE INDEX provider_calls_by_request ON provider_calls (request_id, at);

CREATE TABLE presentations (
    attempt    text PRIMARY KEY REFERENCES attempts ON DELETE CASCADE,
    sealed     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- +goose Down
DROP TABLE presentations, provider_calls, cases;
