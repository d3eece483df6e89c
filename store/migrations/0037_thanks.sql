-- +goose Up
-- What an asker says to the friend who paid: once for each request, sealed, since it is
-- personal, and read by that friend alone.
CREATE TABLE thanks (
    request_id text PRIMARY KEY REFERENCES requests ON DELETE CASCADE,
    attempt    text NOT NULL CONSTRAINT thanks_attempt CHECK (attempt ~ '^[0-9A-Z]{26}$'), -- whose payer it is for
    sealed     bytea NOT NULL CONSTRAINT thanks_sealed CHECK (length(sealed) > 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- +goose Down
DROP TABLE thanks;
