-- +goose Up
-- What counts towards a limit is what was captured, on the day in Shanghai when it was, until it
-- has come back: a refund that is merely due gives nothing back yet.
ALTER TABLE attempts ADD COLUMN returned_minor bigint NOT NULL DEFAULT 0
    CONSTRAINT attempts_returned CHECK (returned_minor >= 0);
UPDATE attempts a SET returned_minor = f.minor
    FROM (SELECT attempt, sum(amount_minor) AS minor FROM refunds WHERE state = 'succeeded' GROUP BY attempt) f
    WHERE a.number = f.attempt;

-- How much of each limit is used, kept by the triggers below. The day '-infinity' holds what may still
-- be captured, whenever that will be. A request writes to the slot that its id falls into, so that the
-- payments of one merchant do not all wait for one row; who reads sums the slots. A day that was pruned
-- may come back below zero, for a refund of a payment long ago: nobody asks about it any more.
CREATE TABLE limit_used (
    app_id   text NOT NULL,
    scope    text NOT NULL,
    subject  text NOT NULL, -- the channel, the payer, payer|buyer, the buyer; empty for the merchant's app
    currency text NOT NULL,
    day      date NOT NULL,
    slot     smallint NOT NULL,
    minor    bigint NOT NULL,
    PRIMARY KEY (app_id, scope, subject, currency, day, slot)
);
CREATE INDEX limit_used_over ON limit_used (day);

-- What an attempt is about to take, between the check of its limits and the saving of its row: checks at
-- one moment must see each other.
CREATE TABLE limit_holds (
    request_id text NOT NULL,
    scope      text NOT NULL,
    subject    text NOT NULL,
    app_id     text NOT NULL,
    attempt    text NOT NULL,
    minor      bigint NOT NULL CONSTRAINT limit_holds_minor CHECK (minor > 0),
    currency   text NOT NULL,
    taken_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (request_id, scope)
);
CREATE INDEX limit_holds_by_subject ON limit_holds (app_id, scope, subject);
CREATE INDEX limit_holds_over ON limit_holds (taken_at);

-- +goose StatementBegin
-- Whom a payment counts for. A buyer who pays for himself is no friend: he counts for the channel and
-- the merchant only.
CREATE FUNCTION limit_subjects(channel text, payer text, buyer text, by_buyer boolean)
RETURNS TABLE (scope text, subject text) LANGUAGE sql IMMUTABLE AS $$
    SELECT v.scope, v.subject FROM (VALUES ('channel', channel, true), ('merchant', '', true),
        ('payer', payer, NOT by_buyer), ('pair', payer || '|' || buyer, NOT by_buyer),
        ('buyer', buyer, NOT by_buyer)) v (scope, subject, counts) WHERE v.counts
$$;

-- What an attempt counts for, and on which day.
CREATE FUNCTION limit_weight(a attempts)
RETURNS TABLE (day date, currency text, minor bigint) LANGUAGE sql IMMUTABLE AS $$
    SELECT date '-infinity', a.quoted_currency, a.quoted_minor
        WHERE a.state IN ('new', 'unknown', 'live', 'closing')
    UNION ALL
    SELECT (coalesce(a.paid_at, a.state_since) AT TIME ZONE interval '+08:00')::date, a.captured_currency,
        a.captured_minor - a.returned_minor
        WHERE a.state = 'succeeded' AND a.captured_minor > a.returned_minor
$$;

-- Counters are moved by the difference that a row makes, so that a step that replaces a lost one heals
-- them. It happens at commit, to keep their locks short; the lock of the slot is taken first and is the
-- last that a transaction waits for, so that no two wait for each other.
CREATE FUNCTION count_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place record;
BEGIN
    SELECT o.app_id, o.buyer_id, hashtext(coalesce(NEW.request_id, OLD.request_id)) & 15 AS slot INTO place
        FROM orders o WHERE o.id = coalesce(NEW.order_id, OLD.order_id);
    PERFORM pg_advisory_xact_lock(hashtextextended('friendpay.limits/' || place.app_id || '/' || place.slot, 0));
    INSERT INTO limit_used AS u (app_id, scope, subject, currency, day, slot, minor)
        SELECT place.app_id, moved.scope, moved.subject, moved.currency, moved.day, place.slot, sum(moved.minor)
        FROM (
            SELECT s.scope, s.subject, w.day, w.currency, -w.minor AS minor
                FROM limit_weight(OLD) w, limit_subjects(OLD.channel, OLD.payer_id, place.buyer_id, OLD.by_buyer) s
                WHERE TG_OP <> 'INSERT'
            UNION ALL
            SELECT s.scope, s.subject, w.day, w.currency, w.minor
                FROM limit_weight(NEW) w, limit_subjects(NEW.channel, NEW.payer_id, place.buyer_id, NEW.by_buyer) s
                WHERE TG_OP <> 'DELETE'
        ) moved
        GROUP BY moved.scope, moved.subject, moved.currency, moved.day HAVING sum(moved.minor) <> 0
        ON CONFLICT (app_id, scope, subject, currency, day, slot) DO UPDATE SET minor = u.minor + excluded.minor;
    IF TG_OP = 'INSERT' THEN
        DELETE FROM limit_holds WHERE request_id = NEW.request_id AND attempt = NEW.number;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION count_returned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'succeeded' THEN
        UPDATE attempts SET returned_minor = returned_minor - OLD.amount_minor WHERE number = OLD.attempt;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'succeeded' THEN
        UPDATE attempts SET returned_minor = returned_minor + NEW.amount_minor WHERE number = NEW.attempt;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

INSERT INTO limit_used (app_id, scope, subject, currency, day, slot, minor)
    SELECT o.app_id, s.scope, s.subject, w.currency, w.day, hashtext(a.request_id) & 15, sum(w.minor)
    FROM attempts a JOIN orders o ON o.id = a.order_id, limit_weight(a) w,
        limit_subjects(a.channel, a.payer_id, o.buyer_id, a.by_buyer) s
    WHERE a.state IN ('new', 'unknown', 'live', 'closing') OR a.paid_at > now() - interval '3 days'
    GROUP BY 1, 2, 3, 4, 5, 6;

CREATE CONSTRAINT TRIGGER attempts_added_count AFTER INSERT OR DELETE ON attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_limits();
CREATE CONSTRAINT TRIGGER attempts_changed_count
    AFTER UPDATE OF state, paid_at, captured_minor, captured_currency, returned_minor ON attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.state, OLD.paid_at, OLD.captured_minor, OLD.captured_currency, OLD.returned_minor)
        IS DISTINCT FROM (NEW.state, NEW.paid_at, NEW.captured_minor, NEW.captured_currency, NEW.returned_minor))
    EXECUTE FUNCTION count_limits();
CREATE TRIGGER refunds_returned AFTER INSERT OR DELETE OR UPDATE OF amount_minor, state, attempt ON refunds
    FOR EACH ROW EXECUTE FUNCTION count_returned();

-- A friend's suspicion is work for a human, once for each link; so is goods held back.
ALTER TABLE cases ADD COLUMN invite text NOT NULL DEFAULT '';
ALTER TABLE cases DROP CONSTRAINT cases_kind, ADD CONSTRAINT cases_kind CHECK (kind IN (
    'capture_mismatch', 'risk_hold', 'provider_silent', 'refund_failed', 'unknown_number',
    'not_on_statement', 'statement_mismatch', 'statement_overdue', 'link_reported', 'shipment_hold'));
DROP INDEX cases_one_open;
CREATE UNIQUE INDEX cases_one_open ON cases (request_id, kind, attempt, refund, account, day, invite)
    WHERE closed_at IS NULL;

-- When goods wait for a human, in one app or in all (''): the money does not. See policy.Risks.
CREATE TABLE risk_rules (
    app_id         text NOT NULL DEFAULT '',
    kind           text NOT NULL CONSTRAINT risk_rules_kind CHECK (
        kind IN ('payer_velocity', 'buyer_strangers', 'app_strangers', 'dear_strangers')),
    window_seconds bigint NOT NULL CONSTRAINT risk_rules_window CHECK (window_seconds BETWEEN 1 AND 2592000),
    most           bigint NOT NULL CONSTRAINT risk_rules_most CHECK (most >= 0), -- more than so many are held
    times          bigint NOT NULL DEFAULT 0 -- dear_strangers: of the app's median price
        CONSTRAINT risk_rules_times CHECK (times >= 0),
    enabled        boolean NOT NULL DEFAULT true,
    PRIMARY KEY (app_id, kind)
);
CREATE TRIGGER risk_rules_kept AFTER INSERT OR UPDATE OR DELETE ON risk_rules
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'kind');
SELECT set_config('friendpay.author', 'friendpay', true), set_config('friendpay.reason', 'the defaults', true);
INSERT INTO risk_rules (kind, window_seconds, most, times) VALUES
    ('payer_velocity', 86400, 20, 0), ('buyer_strangers', 86400, 9, 0), ('app_strangers', 3600, 500, 0),
    ('dear_strangers', 86400, 2, 10);

-- A friend's first payment of all, and for whom: until he has one he is a stranger.
CREATE TABLE first_payments (
    payer_id text PRIMARY KEY,
    attempt  text NOT NULL,
    app_id   text NOT NULL,
    buyer_id text NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX first_payments_by_buyer ON first_payments (app_id, buyer_id, at);
CREATE INDEX first_payments_by_app ON first_payments (app_id, at);
CREATE INDEX first_payments_by_attempt ON first_payments (attempt);
INSERT INTO first_payments (payer_id, attempt, app_id, buyer_id, at)
    SELECT DISTINCT ON (a.payer_id) a.payer_id, a.number, o.app_id, o.buyer_id, coalesce(a.paid_at, a.state_since)
    FROM attempts a JOIN orders o ON o.id = a.order_id WHERE a.state = 'succeeded' AND NOT a.by_buyer
    ORDER BY a.payer_id, a.paid_at;

-- What was paid and is still to be looked at, before the goods go out.
CREATE TABLE shipment_checks (
    request_id  text PRIMARY KEY REFERENCES requests ON DELETE CASCADE,
    attempt     text NOT NULL,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX shipment_checks_due ON shipment_checks (next_try_at);

-- +goose StatementBegin
CREATE FUNCTION watch_payments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'succeeded' AND (TG_OP = 'DELETE' OR NEW.state <> 'succeeded') THEN
        DELETE FROM first_payments WHERE attempt = OLD.number;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.disposition = 'applied' AND (TG_OP = 'DELETE' OR NEW.disposition <> 'applied') THEN
        DELETE FROM shipment_checks WHERE attempt = OLD.number;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.by_buyer THEN
        RETURN NULL;
    END IF;
    IF NEW.state = 'succeeded' AND (TG_OP = 'INSERT' OR OLD.state <> 'succeeded') THEN
        INSERT INTO first_payments (payer_id, attempt, app_id, buyer_id, at)
            SELECT NEW.payer_id, NEW.number, o.app_id, o.buyer_id, coalesce(NEW.paid_at, NEW.state_since)
            FROM orders o WHERE o.id = NEW.order_id ON CONFLICT DO NOTHING;
    END IF;
    IF NEW.disposition = 'applied' AND (TG_OP = 'INSERT' OR OLD.disposition <> 'applied') THEN
        INSERT INTO shipment_checks (request_id, attempt) VALUES (NEW.request_id, NEW.number)
            ON CONFLICT (request_id) DO UPDATE SET attempt = excluded.attempt;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER attempts_watched AFTER INSERT OR DELETE OR UPDATE OF state, disposition ON attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION watch_payments();

-- +goose Down
DROP TRIGGER attempts_watched ON attempts;
DROP FUNCTION watch_payments;
DROP TABLE shipment_checks, first_payments, risk_rules;
DROP INDEX cases_one_open;
DELETE FROM cases WHERE kind IN ('link_reported', 'shipment_hold');
CREATE UNIQUE INDEX cases_one_open ON cases (request_id, kind, attempt, refund, account, day)
    WHERE closed_at IS NULL;
ALTER TABLE cases DROP COLUMN invite, DROP CONSTRAINT cases_kind, ADD CONSTRAINT cases_kind CHECK (kind IN (
    'capture_mismatch', 'risk_hold', 'provider_silent', 'refund_failed', 'unknown_number',
    'not_on_statement', 'statement_mismatch', 'statement_overdue'));
DROP TRIGGER refunds_returned ON refunds;
DROP TRIGGER attempts_added_count ON attempts;
DROP TRIGGER attempts_changed_count ON attempts;
DROP FUNCTION count_returned, count_limits, limit_weight, limit_subjects;
DROP TABLE limit_holds, limit_used;
ALTER TABLE attempts DROP COLUMN returned_minor;
