-- +goose Up
-- One day of one account at its provider, by the provider's own file.
CREATE TABLE statement_days (
    provider       text NOT NULL,
    account_id     text NOT NULL REFERENCES provider_accounts,
    day            date NOT NULL, -- in Shanghai
    state          text NOT NULL CONSTRAINT statement_days_state
        CHECK (state IN ('waiting', 'reading', 'partial', 'compared', 'overdue')),
    reading        text NOT NULL DEFAULT '', -- names the newest reading of the file
    tries          bigint NOT NULL DEFAULT 0, -- that found no file since the last one that was read
    reason         text NOT NULL DEFAULT '', -- why the last try found none
    lines          bigint NOT NULL DEFAULT 0, -- in the file
    foreign_lines  bigint NOT NULL DEFAULT 0, -- of other systems of the merchant, or of another account
    captures       bigint NOT NULL DEFAULT 0,
    captured_minor bigint NOT NULL DEFAULT 0,
    refunds        bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    fees_minor     bigint NOT NULL DEFAULT 0,
    matched        bigint NOT NULL DEFAULT 0,
    read_at        timestamptz,
    compared_at    timestamptz,
    updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, day)
);
CREATE INDEX statement_days_open ON statement_days (day) WHERE state <> 'compared';

-- The lines that are ours, as the newest reading found them.
CREATE TABLE statement_lines (
    account_id  text NOT NULL,
    day         date NOT NULL,
    line        bigint NOT NULL,
    kind        text NOT NULL CONSTRAINT statement_lines_kind CHECK (kind IN ('capture', 'refund')),
    number      text NOT NULL,
    refund      text NOT NULL,
    subject     text NOT NULL GENERATED ALWAYS AS (CASE kind WHEN 'capture' THEN number ELSE refund END) STORED,
    transaction text NOT NULL,
    minor       bigint NOT NULL,
    currency    text NOT NULL,
    fee_minor   bigint NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, day, line),
    FOREIGN KEY (account_id, day) REFERENCES statement_days ON DELETE CASCADE
);
CREATE INDEX statement_lines_by_subject ON statement_lines (account_id, kind, subject);

-- What the comparison found, each thing once, however often it is compared.
CREATE TABLE statement_findings (
    id          text PRIMARY KEY CONSTRAINT statement_findings_id CHECK (id ~ '^fnd_'),
    provider    text NOT NULL,
    account_id  text NOT NULL,
    day         date NOT NULL,
    kind        text NOT NULL CONSTRAINT statement_findings_kind CHECK (kind IN (
        'phantom', 'unrecorded', 'wrong_amount', 'duplicate', 'ledger_differs', 'missing')),
    entry       text NOT NULL CONSTRAINT statement_findings_entry CHECK (entry IN ('capture', 'refund')),
    subject     text NOT NULL, -- the number of the payment, or of the refund
    request_id  text NOT NULL DEFAULT '',
    attempt     text NOT NULL DEFAULT '',
    minor       bigint NOT NULL DEFAULT 0, -- what the line says
    local_minor bigint NOT NULL DEFAULT 0, -- what we say
    local_state text NOT NULL DEFAULT '',
    currency    text NOT NULL DEFAULT '',
    round       bigint NOT NULL DEFAULT 1, -- counts how often it came back after it had healed
    route       text NOT NULL DEFAULT '' CONSTRAINT statement_findings_route
        CHECK (route IN ('', 'hint', 'case', 'hint, case')),
    case_id     text NOT NULL DEFAULT '',
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    routed_at   timestamptz,
    closed_at   timestamptz,
    CONSTRAINT statement_findings_once UNIQUE (account_id, entry, subject, kind),
    CONSTRAINT statement_findings_routed CHECK ((routed_at IS NULL) = (route = ''))
);
CREATE INDEX statement_findings_open ON statement_findings (account_id, day, id) WHERE closed_at IS NULL;

-- What the local side of a day is found by.
CREATE INDEX attempts_by_account_time ON attempts (account_id, coalesce(paid_at, state_since), number)
    WHERE state = 'succeeded';
CREATE INDEX refunds_by_time ON refunds (done_at, number) WHERE state = 'succeeded';

-- What a provider keeps for a payment is paid out of what it holds for us.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_account, ADD CONSTRAINT ledger_account
    CHECK (account IN ('provider_clearing', 'payer_funds', 'merchant_payable', 'provider_fees'));

ALTER TABLE cases ADD COLUMN day text NOT NULL DEFAULT ''; -- of the statement that it is about
ALTER TABLE cases DROP CONSTRAINT cases_kind, ADD CONSTRAINT cases_kind CHECK (kind IN (
    'capture_mismatch', 'risk_hold', 'provider_silent', 'refund_failed', 'unknown_number',
    'not_on_statement', 'statement_mismatch', 'statement_overdue'));
DROP INDEX cases_one_open;
CREATE UNIQUE INDEX cases_one_open ON cases (request_id, kind, attempt, refund, account, day)
    WHERE closed_at IS NULL;

-- +goose Down
DROP INDEX cases_one_open;
DELETE FROM cases WHERE kind IN ('not_on_statement', 'statement_mismatch', 'statement_overdue');
DELETE FROM ledger_entries WHERE key LIKE 'fee:%';
CREATE UNIQUE INDEX cases_one_open ON cases (request_id, kind, attempt, refund) WHERE closed_at IS NULL;
ALTER TABLE cases DROP COLUMN day, DROP CONSTRAINT cases_kind, ADD CONSTRAINT cases_kind CHECK (kind IN (
    'capture_mismatch', 'risk_hold', 'provider_silent', 'refund_failed', 'unknown_number'));
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_account, ADD CONSTRAINT ledger_account
    CHECK (account IN ('provider_clearing', 'payer_funds', 'merchant_payable'));
DROP INDEX refunds_by_time, attempts_by_account_time;
DROP TABLE statement_findings, statement_lines, statement_days;
