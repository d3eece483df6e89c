-- +goose Up
-- What may be told of an app's requests, in the order in which it became certain: a message to the merchant gets
-- its number when its step is durable, and keeps it. An app without endpoints has its messages too, and reads them.
ALTER TABLE messages ADD COLUMN event_no bigint
    CONSTRAINT messages_event_no CHECK (event_no IS NULL OR (event_no > 0 AND kind = 'webhook'));
CREATE UNIQUE INDEX messages_events ON messages (app_id, event_no) WHERE event_no IS NOT NULL;

-- One row an app, held while a number is given out: whoever reads number n has seen every number below it.
CREATE TABLE event_counters (
    app_id text PRIMARY KEY REFERENCES apps ON DELETE CASCADE,
    last   bigint NOT NULL CONSTRAINT event_counters_last CHECK (last > 0)
);

-- +goose Down
DROP TABLE event_counters;
ALTER TABLE messages DROP COLUMN event_no;
