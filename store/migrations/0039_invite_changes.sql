-- +goose Up
-- How often an invite has changed in what its pages show. Each row counts for itself, under its own
-- lock: the sum over a request's invites grows with each change, whoever else changes another at the
-- same moment, so that a stream which counts by it misses none. 0041 looks at the rows that are there.
ALTER TABLE invites ADD COLUMN changes bigint NOT NULL DEFAULT 1;
ALTER TABLE invites ADD CONSTRAINT invites_changes CHECK (changes > 0) NOT VALID;
-- +goose StatementBegin
CREATE FUNCTION count_invite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changes := OLD.changes + 1;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER invites_counted BEFORE UPDATE ON invites FOR EACH ROW
    WHEN ((OLD.state, OLD.expires_at, OLD.pledged_for, OLD.opened_count) IS DISTINCT FROM
        (NEW.state, NEW.expires_at, NEW.pledged_for, NEW.opened_count))
    EXECUTE FUNCTION count_invite();

-- +goose Down
DROP TRIGGER invites_counted ON invites;
DROP FUNCTION count_invite;
ALTER TABLE invites DROP COLUMN changes;
