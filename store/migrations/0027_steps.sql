-- +goose Up
-- How far friends come by an invite: the first moment of each step, and nothing about who. When it was
-- opened, asked for money and paid stands in first_opened_at and attempts already.
ALTER TABLE invites
    ADD COLUMN exchanged_at   timestamptz,
    ADD COLUMN login_begun_at timestamptz,
    ADD COLUMN logged_in_at   timestamptz,
    ADD COLUMN newcomer       boolean, -- his profile was made by that login
    ADD COLUMN asked_at       timestamptz, -- also when somebody was faster, or a limit was full
    ADD COLUMN channel        text NOT NULL DEFAULT '', -- that was picked first
    -- For whom the merchant knows by this id of its own: a keyed hash; NULL: for whoever has the link.
    ADD COLUMN contact_index  bytea CONSTRAINT invites_contact_index CHECK (length(contact_index) = 32);
CREATE INDEX invites_by_contact ON invites (contact_index) WHERE contact_index IS NOT NULL;

-- +goose Down
ALTER TABLE invites DROP COLUMN contact_index, DROP COLUMN channel, DROP COLUMN asked_at,
    DROP COLUMN newcomer, DROP COLUMN logged_in_at, DROP COLUMN login_begun_at, DROP COLUMN exchanged_at;
