-- +goose Up
-- Who of us did what by hand. Rows are added, never changed, never taken away.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor   text NOT NULL CONSTRAINT audit_actor CHECK (actor <> ''),
    act     text NOT NULL CONSTRAINT audit_act CHECK (act <> ''),
    subject text NOT NULL CONSTRAINT audit_subject CHECK (subject <> ''), -- an id, never a person
    reason  text NOT NULL DEFAULT '',
    detail  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_subject ON audit (subject, id);
-- +goose StatementBegin
CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only ever added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_kept';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION keep_audit();

ALTER TABLE payers ADD COLUMN forgotten_at timestamptz;

-- What a payer is about to pay, between the check of his day and the saving of his
-- attempt: two requests that are checked at once must see each other.
CREATE TABLE day_shares (
    request_id text PRIMARY KEY,
    payer_id   text NOT NULL REFERENCES payers ON DELETE CASCADE,
    attempt    text NOT NULL,
    minor      bigint NOT NULL CONSTRAINT day_shares_minor CHECK (minor > 0),
    currency   text NOT NULL,
    taken_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX day_shares_by_payer ON day_shares (payer_id);
CREATE INDEX day_shares_over ON day_shares (taken_at);
CREATE INDEX attempts_pending_by_payer ON attempts (payer_id)
    WHERE state IN ('new', 'unknown', 'live', 'closing');

-- +goose Down
DROP INDEX attempts_pending_by_payer;
DROP TABLE day_shares, audit;
DROP FUNCTION keep_audit;
ALTER TABLE payers DROP COLUMN forgotten_at;
