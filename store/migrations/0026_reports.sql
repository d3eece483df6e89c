-- +goose Up
-- Who said that an app blocks our links: once for each visitor and link, for a day. A visitor is
-- the keyed hash of where he calls from.
CREATE TABLE surface_reports (
    invite_id  text NOT NULL REFERENCES invites ON DELETE CASCADE,
    visitor    bytea NOT NULL CONSTRAINT surface_reports_visitor CHECK (length(visitor) = 32),
    surface    text NOT NULL CONSTRAINT surface_reports_surface CHECK (surface <> ''), -- a family
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 day',
    PRIMARY KEY (invite_id, visitor)
);
CREATE INDEX surface_reports_by_time ON surface_reports (at);
CREATE INDEX surface_reports_over ON surface_reports (expires_at);

-- Rules of breakers and risks are changed by hand from now on, so their numbers have ends. What somebody
-- wrote past them before stands until he changes it.
ALTER TABLE breaker_rules
    ADD CONSTRAINT breaker_rules_longest_most CHECK (longest_seconds <= 86400) NOT VALID;
ALTER TABLE risk_rules
    ADD CONSTRAINT risk_rules_most_most CHECK (most <= 1000000) NOT VALID,
    ADD CONSTRAINT risk_rules_times_most CHECK (times <= 1000000) NOT VALID,
    ADD CONSTRAINT risk_rules_times_told CHECK (kind <> 'dear_strangers' OR times > 0) NOT VALID;

-- The rule of breakers for all was there before its history was kept.
SELECT pg_advisory_xact_lock(hashtext('friendpay.catalogue'));
INSERT INTO catalogue_history (version, family, key, body, author, reason)
    SELECT (SELECT coalesce(max(version), 0) FROM catalogue_history) + row_number() OVER (ORDER BY app_id, channel),
        'breaker_rules', app_id || '/' || channel, to_jsonb(b), 'friendpay', 'as it was before the history began'
    FROM breaker_rules b WHERE NOT EXISTS (SELECT FROM catalogue_history
        WHERE family = 'breaker_rules' AND key = app_id || '/' || channel);

-- +goose Down
ALTER TABLE risk_rules DROP CONSTRAINT risk_rules_most_most, DROP CONSTRAINT risk_rules_times_most,
    DROP CONSTRAINT risk_rules_times_told;
ALTER TABLE breaker_rules DROP CONSTRAINT breaker_rules_longest_most;
DROP TABLE surface_reports;
