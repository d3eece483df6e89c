-- +goose Up
-- What the buyer calls whom he asked may change after the link was made: it counts as a change, so that
-- his open page follows, and is kept with what the page showed at a moment.
ALTER TABLE invite_history ADD COLUMN label text NOT NULL DEFAULT '';
UPDATE invite_history h SET label = i.label FROM invites i WHERE i.id = h.invite_id AND i.label <> '';
DROP TRIGGER invites_counted ON invites;
CREATE TRIGGER invites_counted BEFORE UPDATE ON invites FOR EACH ROW
    WHEN ((OLD.state, OLD.expires_at, OLD.pledged_for, OLD.opened_count, OLD.label) IS DISTINCT FROM
        (NEW.state, NEW.expires_at, NEW.pledged_for, NEW.opened_count, NEW.label))
    EXECUTE FUNCTION count_invite();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_invite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
        (OLD.state, OLD.decline_reason, OLD.expires_at, OLD.pledged_for, OLD.opened_count, OLD.label)
        IS NOT DISTINCT FROM
        (NEW.state, NEW.decline_reason, NEW.expires_at, NEW.pledged_for, NEW.opened_count, NEW.label) THEN
        RETURN NULL;
    END IF;
    INSERT INTO invite_history (invite_id, state, decline_reason, expires_at, pledged_for, first_opened_at,
            opened_count, label)
        VALUES (NEW.id, NEW.state, NEW.decline_reason, NEW.expires_at, NEW.pledged_for, NEW.first_opened_at,
            NEW.opened_count, NEW.label);
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER invites_counted ON invites;
CREATE TRIGGER invites_counted BEFORE UPDATE ON invites FOR EACH ROW
    WHEN ((OLD.state, OLD.expires_at, OLD.pledged_for, OLD.opened_count) IS DISTINCT FROM
        (NEW.state, NEW.expires_at, NEW.pledged_for, NEW.opened_count))
    EXECUTE FUNCTION count_invite();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_invite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
        (OLD.state, OLD.decline_reason, OLD.expires_at, OLD.pledged_for, OLD.opened_count) IS NOT DISTINCT FROM
        (NEW.state, NEW.decline_reason, NEW.expires_at, NEW.pledged_for, NEW.opened_count) THEN
        RETURN NULL;
    END IF;
    INSERT INTO invite_history (invite_id, state, decline_reason, expires_at, pledged_for, first_opened_at,
            opened_count)
        VALUES (NEW.id, NEW.state, NEW.decline_reason, NEW.expires_at, NEW.pledged_for, NEW.first_opened_at,
            NEW.opened_count);
    RETURN NULL;
END $$;
-- +goose StatementEnd
ALTER TABLE invite_history DROP COLUMN label;
