-- +goose Up
-- In which language somebody is written to: that of the browser he logged in with last.
-- 0041 looks at the rows that are there, while others write.
ALTER TABLE payers ADD COLUMN locale text NOT NULL DEFAULT 'zh-CN';
ALTER TABLE payers ADD CONSTRAINT payers_locale
    CHECK (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$') NOT VALID;

-- Who said when he would pay, where he had logged in.
ALTER TABLE invites ADD COLUMN pledged_by text NOT NULL DEFAULT '';

-- When somebody is to be reminded of a request. What becomes of it is judged when it is due, from what
-- stands in the rows then.
CREATE TABLE reminder_dues (
    request_id text NOT NULL REFERENCES requests ON DELETE CASCADE,
    kind       text NOT NULL CONSTRAINT reminder_dues_kind
        CHECK (kind IN ('reminder_pledge', 'reminder_half', 'reminder_last')),
    invite_id  text NOT NULL DEFAULT '', -- whose friend pledged
    due_at     timestamptz NOT NULL,
    next_at    timestamptz NOT NULL, -- when it is looked at
    done_at    timestamptz,
    outcome    text NOT NULL DEFAULT '',
    CONSTRAINT reminder_dues_once PRIMARY KEY (request_id, kind, invite_id),
    CONSTRAINT reminder_dues_pledge CHECK ((kind = 'reminder_pledge') = (invite_id <> ''))
);
CREATE INDEX reminder_dues_next ON reminder_dues (next_at) WHERE done_at IS NULL;
CREATE INDEX reminder_dues_over ON reminder_dues (done_at) WHERE done_at IS NOT NULL;

-- Who was reminded of what: each kind once, and nobody more than twice, whoever judges how often.
CREATE TABLE reminders (
    request_id text NOT NULL REFERENCES requests ON DELETE CASCADE,
    kind       text NOT NULL,
    person     text NOT NULL, -- pay_…; empty: the buyer, by his merchant
    number     smallint NOT NULL CONSTRAINT reminders_at_most CHECK (number BETWEEN 1 AND 2),
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT reminders_once PRIMARY KEY (request_id, kind, person),
    CONSTRAINT reminders_numbers UNIQUE (request_id, person, number)
);
CREATE INDEX reminders_by_time ON reminders (at);

-- +goose Down
DROP TABLE reminders, reminder_dues;
ALTER TABLE invites DROP COLUMN pledged_by;
ALTER TABLE payers DROP COLUMN locale;
