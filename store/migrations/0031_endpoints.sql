-- +goose Up
-- Test and live are apart: a key opens only apps of its own mode. An app that a live key opened is live.
ALTER TABLE apps ADD COLUMN mode text NOT NULL DEFAULT 'test'
    CONSTRAINT apps_mode CHECK (mode IN ('test', 'live'));
UPDATE apps SET mode = 'live' WHERE EXISTS (SELECT FROM api_keys
    WHERE mode = 'live' AND revoked_at IS NULL AND jsonb_exists(api_keys.apps, apps.id));

-- A key is named, so that it can be shown and ended without being known.
ALTER TABLE api_keys
    ADD COLUMN id           text NOT NULL DEFAULT 'key_' || gen_random_uuid()
        CONSTRAINT api_keys_id CHECK (id ~ '^key_'),
    ADD COLUMN prefix       text NOT NULL DEFAULT '', -- what it begins with, and ends with: of keys made since
    ADD COLUMN last_four    text NOT NULL DEFAULT '',
    ADD COLUMN label        text NOT NULL DEFAULT '',
    ADD COLUMN expires_at   timestamptz, -- NULL: never
    ADD COLUMN last_used_at timestamptz; -- to the hour
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (id);
CREATE INDEX api_keys_by_merchant ON api_keys (merchant_id, id);
-- Nobody looked at scopes before: whoever had a key could do everything, and still can, but for keys.
UPDATE api_keys SET scopes = '[]';

CREATE TABLE webhook_endpoints (
    id              text PRIMARY KEY DEFAULT 'whe_' || gen_random_uuid()
        CONSTRAINT webhook_endpoints_id CHECK (id ~ '^whe_'),
    app_id          text NOT NULL REFERENCES apps,
    url             text NOT NULL CONSTRAINT webhook_endpoints_url CHECK (url <> ''),
    events          jsonb NOT NULL DEFAULT '[]', -- types of events; none: all
    of_app          boolean NOT NULL DEFAULT false, -- stands for apps.webhook_url, and follows it
    secret_sealed   bytea NOT NULL DEFAULT '', -- empty: the app's webhook secret
    previous_sealed bytea NOT NULL DEFAULT '', -- signs too until then
    previous_until  timestamptz,
    state           text NOT NULL DEFAULT 'enabled'
        CONSTRAINT webhook_endpoints_state CHECK (state IN ('enabled', 'disabled')),
    reason          text NOT NULL DEFAULT '', -- why it is disabled
    failing_since   timestamptz, -- the first failure since the last success
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at      timestamptz
);
CREATE INDEX webhook_endpoints_by_app ON webhook_endpoints (app_id, id);
CREATE UNIQUE INDEX webhook_endpoints_of_app ON webhook_endpoints (app_id) WHERE of_app AND deleted_at IS NULL;
INSERT INTO webhook_endpoints (app_id, url, of_app) SELECT id, webhook_url, true FROM apps WHERE webhook_url <> '';

-- The release before writes an app's one address only, and reads it: both stay true, whichever runs.
-- +goose StatementBegin
CREATE FUNCTION app_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.webhook_url = '' THEN
        UPDATE webhook_endpoints SET deleted_at = clock_timestamp()
        WHERE app_id = NEW.id AND of_app AND deleted_at IS NULL;
    ELSE
        INSERT INTO webhook_endpoints (app_id, url, of_app) VALUES (NEW.id, NEW.webhook_url, true)
        ON CONFLICT (app_id) WHERE of_app AND deleted_at IS NULL DO UPDATE
        SET url = excluded.url, state = 'enabled', reason = '', failing_since = NULL;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER apps_endpoint AFTER INSERT ON apps FOR EACH ROW
    WHEN (NEW.webhook_url <> '') EXECUTE FUNCTION app_endpoint();
CREATE TRIGGER apps_endpoint_follows AFTER UPDATE ON apps FOR EACH ROW
    WHEN (OLD.webhook_url <> NEW.webhook_url) EXECUTE FUNCTION app_endpoint();

-- One message on its way to one endpoint; it keeps what it says, for whoever asks later.
CREATE TABLE deliveries (
    id          text PRIMARY KEY CONSTRAINT deliveries_id CHECK (id ~ '^dlv_'),
    message_id  text NOT NULL, -- the webhook-id over all tries and replays
    endpoint_id text NOT NULL REFERENCES webhook_endpoints,
    app_id      text NOT NULL,
    request_id  text REFERENCES requests ON DELETE CASCADE, -- NULL: a test
    type        text NOT NULL,
    payload     jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'queued'
        CONSTRAINT deliveries_state CHECK (state IN ('queued', 'trying', 'held', 'delivered', 'dead')),
    round       integer NOT NULL DEFAULT 1, -- one more with each replay
    tries       integer NOT NULL DEFAULT 0, -- of this round
    next_try_at timestamptz, -- NULL while it is queued, or tried right now
    leased_at   timestamptz, -- when a worker last began a run for it
    http_status integer NOT NULL DEFAULT 0,
    last_error  text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at     timestamptz,
    CONSTRAINT deliveries_once UNIQUE (message_id, endpoint_id)
);
CREATE INDEX deliveries_queued ON deliveries (endpoint_id, id) WHERE state = 'queued';
CREATE INDEX deliveries_trying ON deliveries (endpoint_id, leased_at) WHERE state = 'trying';
CREATE INDEX deliveries_unhappy ON deliveries (created_at) WHERE state IN ('trying', 'held', 'dead');
CREATE INDEX deliveries_by_app ON deliveries (app_id, id);
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_by_request ON deliveries (request_id, id);

CREATE TABLE delivery_tries (
    delivery_id text NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    number      integer NOT NULL, -- over all rounds, from 1
    at          timestamptz NOT NULL,
    status      integer NOT NULL, -- 0: no answer
    took_ms     bigint NOT NULL,
    headers     jsonb NOT NULL DEFAULT '{}', -- of what was sent, without the signatures
    answer      text NOT NULL DEFAULT '', -- its first 4 kB
    error       text NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, number)
);

-- +goose Down
DROP TABLE delivery_tries, deliveries;
DROP TRIGGER apps_endpoint ON apps;
DROP TRIGGER apps_endpoint_follows ON apps;
DROP FUNCTION app_endpoint();
DROP TABLE webhook_endpoints;
DROP INDEX api_keys_by_merchant;
DROP INDEX api_keys_by_id;
ALTER TABLE api_keys DROP COLUMN last_used_at, DROP COLUMN expires_at, DROP COLUMN label, DROP COLUMN last_four,
    DROP COLUMN prefix, DROP COLUMN id;
ALTER TABLE apps DROP COLUMN mode;
