-- +goose Up
-- Who a payer is at a provider: his openid there, say. A friend who logs in at the
-- provider needs no phone with us.
CREATE TABLE payer_identities (
    provider       text NOT NULL CONSTRAINT payer_identities_provider CHECK (provider <> ''),
    app            text NOT NULL CONSTRAINT payer_identities_app CHECK (app <> ''), -- an id is worth something in one app only
    subject_index  bytea NOT NULL CONSTRAINT payer_identities_subject CHECK (length(subject_index) = 32),
    subject_sealed bytea NOT NULL,
    payer_id       text NOT NULL REFERENCES payers ON DELETE CASCADE,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, app, subject_index)
);
CREATE UNIQUE INDEX payer_identities_by_payer ON payer_identities (payer_id, provider, app);

ALTER TABLE payers ALTER phone_index DROP NOT NULL, ALTER phone_sealed DROP NOT NULL,
    ADD CONSTRAINT payers_phone_whole CHECK ((phone_index IS NULL) = (phone_sealed IS NULL));

-- A login at a provider that is under way: it is good once, for one browser.
CREATE TABLE login_states (
    hash       bytea PRIMARY KEY CONSTRAINT login_states_hash CHECK (length(hash) = 32),
    invite_id  text NOT NULL,
    provider   text NOT NULL,
    account_id text NOT NULL,
    channel    text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_states_over ON login_states (expires_at);

-- Where an attempt was asked for: some products must be told the payer's address.
CREATE TABLE checkouts (
    attempt        text PRIMARY KEY CONSTRAINT checkouts_attempt CHECK (attempt ~ '^[0-9A-Z]{26}$'),
    address_sealed bytea NOT NULL,
    surface        text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX checkouts_by_age ON checkouts (created_at);

-- +goose Down
DROP TABLE checkouts, login_states, payer_identities;
ALTER TABLE payers DROP CONSTRAINT payers_phone_whole;
DELETE FROM payers WHERE phone_index IS NULL;
ALTER TABLE payers ALTER phone_index SET NOT NULL, ALTER phone_sealed SET NOT NULL;
