-- +goose Up
-- What colleagues do by hand: a row first, then the deed. It names ids and amounts, never people.
CREATE TABLE commands (
    id          text PRIMARY KEY CONSTRAINT commands_id CHECK (id ~ '^cmd_'),
    key         text NOT NULL CONSTRAINT commands_key CHECK (length(key) BETWEEN 1 AND 255),
    name        text NOT NULL,
    subject     text NOT NULL CONSTRAINT commands_subject CHECK (subject <> ''),
    request_id  text NOT NULL DEFAULT '', -- empty: it is about no request
    args        jsonb NOT NULL DEFAULT '{}',
    reason      text NOT NULL CONSTRAINT commands_reason CHECK (length(reason) BETWEEN 1 AND 200),
    by_actor    text NOT NULL CONSTRAINT commands_by CHECK (by_actor <> ''),
    by_role     text NOT NULL,
    approved_by text NOT NULL DEFAULT '' CONSTRAINT commands_second_person CHECK (approved_by <> by_actor),
    state       text NOT NULL CONSTRAINT commands_state CHECK (state IN (
        'waiting_approval', 'queued', 'running', 'done', 'failed', 'refused', 'rejected')),
    outcome     text NOT NULL DEFAULT '', -- in words
    tries       integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at     timestamptz,
    CONSTRAINT commands_once UNIQUE (by_actor, key),
    CONSTRAINT commands_done_whole CHECK
        ((done_at IS NULL) = (state IN ('waiting_approval', 'queued', 'running')))
);
CREATE INDEX commands_due ON commands (next_try_at) WHERE state IN ('queued', 'running');
CREATE INDEX commands_by_request ON commands (request_id, id DESC) WHERE request_id <> '';
CREATE INDEX commands_by_state ON commands (state, id DESC);
CREATE INDEX commands_by_person ON commands (by_actor, id DESC);

CREATE TABLE case_notes (
    id      text PRIMARY KEY, -- of the command that wrote it
    case_id text NOT NULL REFERENCES cases ON DELETE CASCADE,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    author  text NOT NULL CONSTRAINT case_notes_author CHECK (author <> ''),
    words   text NOT NULL CONSTRAINT case_notes_words CHECK (length(words) BETWEEN 1 AND 500)
);
CREATE INDEX case_notes_by_case ON case_notes (case_id, at);
CREATE INDEX cases_by_owner ON cases (owner, due_at) WHERE closed_at IS NULL AND owner <> '';

-- +goose Down
DROP INDEX cases_by_owner;
DROP TABLE case_notes, commands;
