-- +goose Up
-- What a request was at each of its versions, and what else its pages are drawn from, so that they can
-- be drawn again as they were. Triggers keep it: a row is never saved without its past, whichever
-- release saves it, and what a lost step wrote goes when the step is judged again.
CREATE TABLE request_snapshots (
    request_id text NOT NULL REFERENCES requests ON DELETE CASCADE,
    version    bigint NOT NULL CONSTRAINT request_snapshots_version CHECK (version > 0),
    judged_at  timestamptz NOT NULL, -- by the workflow's clock
    saved_at   timestamptz NOT NULL DEFAULT clock_timestamp(), -- from then on pages showed it
    snapshot   jsonb NOT NULL,
    CONSTRAINT request_snapshots_once PRIMARY KEY (request_id, version)
);
CREATE INDEX request_snapshots_by_age ON request_snapshots (saved_at);

-- +goose StatementBegin
CREATE FUNCTION keep_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM request_snapshots WHERE request_id = NEW.id AND version > NEW.version;
    INSERT INTO request_snapshots AS kept (request_id, version, judged_at, snapshot)
        VALUES (NEW.id, NEW.version, NEW.judged_at, NEW.snapshot)
        ON CONFLICT (request_id, version) DO UPDATE
        SET judged_at = excluded.judged_at, saved_at = excluded.saved_at, snapshot = excluded.snapshot
        WHERE kept.snapshot <> excluded.snapshot; -- saved again as it was: it was seen since the first time
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER requests_kept AFTER INSERT OR UPDATE OF snapshot ON requests
    FOR EACH ROW EXECUTE FUNCTION keep_snapshot();

-- What is still moving begins its history with what it is now; of the rest the last row is all there is.
INSERT INTO request_snapshots (request_id, version, judged_at, saved_at, snapshot)
    SELECT id, version, judged_at, updated_at, snapshot FROM requests WHERE ended_at IS NULL OR guarded;

-- An invite as its pages show it, from each change on. Nothing in it says who.
CREATE TABLE invite_history (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invite_id       text NOT NULL REFERENCES invites ON DELETE CASCADE,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    state           text NOT NULL,
    decline_reason  text NOT NULL,
    expires_at      timestamptz NOT NULL,
    pledged_for     timestamptz,
    first_opened_at timestamptz,
    opened_count    bigint NOT NULL
);
CREATE INDEX invite_history_by_invite ON invite_history (invite_id, id DESC);
CREATE INDEX invite_history_by_age ON invite_history (at);
-- +goose StatementBegin
CREATE FUNCTION keep_invite() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER invites_kept AFTER INSERT OR UPDATE ON invites FOR EACH ROW EXECUTE FUNCTION keep_invite();

-- Who had logged in by an invite, and since when: a link's page is another for each of them.
CREATE TABLE invite_payers (
    invite_id  text NOT NULL,
    payer_id   text NOT NULL REFERENCES payers ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    CONSTRAINT invite_payers_once PRIMARY KEY (invite_id, payer_id)
);
CREATE INDEX invite_payers_by_payer ON invite_payers (payer_id);

-- What pages say of a shop, from each change on.
CREATE TABLE app_history (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app_id        text NOT NULL REFERENCES apps ON DELETE CASCADE,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    name          text NOT NULL,
    merchant_name text NOT NULL,
    name_check    text NOT NULL
);
CREATE INDEX app_history_by_app ON app_history (app_id, id DESC);
-- +goose StatementBegin
CREATE FUNCTION keep_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO app_history (app_id, name, merchant_name, name_check)
        SELECT a.id, a.name, m.name, a.name_check FROM apps a JOIN merchants m ON m.id = a.merchant_id
        WHERE CASE TG_TABLE_NAME WHEN 'apps' THEN a.id = NEW.id ELSE m.id = NEW.id END
        AND (a.name, m.name, a.name_check) IS DISTINCT FROM (SELECT (h.name, h.merchant_name, h.name_check)
            FROM app_history h WHERE h.app_id = a.id ORDER BY h.id DESC LIMIT 1);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER apps_kept AFTER INSERT OR UPDATE ON apps FOR EACH ROW EXECUTE FUNCTION keep_app();
CREATE TRIGGER merchants_kept AFTER UPDATE ON merchants FOR EACH ROW EXECUTE FUNCTION keep_app();
INSERT INTO app_history (app_id, name, merchant_name, name_check)
    SELECT a.id, a.name, m.name, a.name_check FROM apps a JOIN merchants m ON m.id = a.merchant_id;

-- +goose Down
DROP TRIGGER merchants_kept ON merchants;
DROP TRIGGER apps_kept ON apps;
DROP TRIGGER invites_kept ON invites;
DROP TRIGGER requests_kept ON requests;
DROP FUNCTION keep_app, keep_invite, keep_snapshot;
DROP TABLE app_history, invite_payers, invite_history, request_snapshots;
