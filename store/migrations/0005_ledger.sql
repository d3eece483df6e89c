-- +goose Up
CREATE TABLE ledger_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id text NOT NULL REFERENCES requests ON DELETE CASCADE,
    version    bigint NOT NULL,
    key        text NOT NULL, -- capture:NUMBER, apply:NUMBER or refund:NUMBER
    account    text NOT NULL CONSTRAINT ledger_account
        CHECK (account IN ('provider_clearing', 'payer_funds', 'merchant_payable')),
    minor      bigint NOT NULL CONSTRAINT ledger_minor CHECK (minor <> 0), -- debit above zero, credit below
    currency   text NOT NULL CONSTRAINT ledger_currency CHECK (currency ~ '^[A-Z]{3}$'),
    attempt    text NOT NULL,
    refund     text NOT NULL,
    posted_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_once UNIQUE (key, account)
);
CREATE INDEX ledger_by_request ON ledger_entries (request_id);

-- Asked at commit, when both sides of each pair are there.
-- +goose StatementBegin
CREATE FUNCTION balance_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text := coalesce(NEW.request_id, OLD.request_id);
BEGIN
    IF EXISTS (
        SELECT FROM ledger_entries WHERE request_id = whose GROUP BY currency HAVING sum(minor) <> 0
    ) THEN
        RAISE EXCEPTION 'the ledger of a request does not sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced', TABLE = 'ledger_entries';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT OR UPDATE OR DELETE ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_ledger();

-- +goose Down
DROP TABLE ledger_entries;
DROP FUNCTION balance_ledger;
