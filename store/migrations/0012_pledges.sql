-- +goose Up
ALTER TABLE invites ADD COLUMN pledged_for timestamptz;

-- +goose Down
ALTER TABLE invites DROP COLUMN pledged_for;
