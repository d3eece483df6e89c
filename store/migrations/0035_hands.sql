-- +goose Up
-- How often a callback was taken in again by hand: the workflow remembers what it answered to the
-- same one, so a replay goes to it under another name.
ALTER TABLE provider_events ADD COLUMN replays integer NOT NULL DEFAULT 0;

-- Whose name stands in the audit. A name belongs to the first who came with it, and who came keeps
-- his first: at many issuers people may rename themselves, and two names would make two people.
CREATE TABLE colleagues (
    subject  bytea PRIMARY KEY CONSTRAINT colleagues_subject CHECK (length(subject) = 32), -- a hash
    name     text NOT NULL CONSTRAINT colleagues_name CHECK (name <> ''),
    first_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX colleagues_names ON colleagues (lower(name));

-- Another address does not switch an endpoint on again: whoever switched it off says when.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.webhook_url = '' THEN
        UPDATE webhook_endpoints SET deleted_at = clock_timestamp()
        WHERE app_id = NEW.id AND of_app AND deleted_at IS NULL;
    ELSE
        INSERT INTO webhook_endpoints (app_id, url, of_app) VALUES (NEW.id, NEW.webhook_url, true)
        ON CONFLICT (app_id) WHERE of_app AND deleted_at IS NULL DO UPDATE SET url = excluded.url;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP TABLE colleagues;
ALTER TABLE provider_events DROP COLUMN replays;
