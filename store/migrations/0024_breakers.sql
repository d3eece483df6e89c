-- +goose Up
-- When a way to pay is taken away because it fails: for a channel of an app (''), for all ('').
CREATE TABLE breaker_rules (
    app_id          text NOT NULL DEFAULT '',
    channel         text NOT NULL DEFAULT '',
    errors          integer NOT NULL CONSTRAINT breaker_rules_errors CHECK (errors BETWEEN 1 AND 100),
    window_seconds  integer NOT NULL CONSTRAINT breaker_rules_window CHECK (window_seconds BETWEEN 1 AND 3600),
    rest_seconds    integer NOT NULL CONSTRAINT breaker_rules_rest CHECK (rest_seconds BETWEEN 1 AND 3600),
    longest_seconds integer NOT NULL CONSTRAINT breaker_rules_longest CHECK (longest_seconds >= rest_seconds),
    PRIMARY KEY (app_id, channel)
);
INSERT INTO breaker_rules (errors, window_seconds, rest_seconds, longest_seconds) VALUES (5, 60, 30, 300);
CREATE TRIGGER breaker_rules_kept AFTER INSERT OR UPDATE OR DELETE ON breaker_rules
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'channel');

-- Whether a channel works, on a surface and on all ('').
CREATE TABLE breakers (
    app_id        text NOT NULL REFERENCES apps,
    channel       text NOT NULL,
    surface       text NOT NULL DEFAULT '',
    state         text NOT NULL DEFAULT 'closed'
        CONSTRAINT breakers_state CHECK (state IN ('closed', 'open', 'half_open')),
    failures      jsonb NOT NULL DEFAULT '[]', -- when the last ones were that count
    goods         integer NOT NULL DEFAULT 0,
    tries         integer NOT NULL DEFAULT 0,
    opened_at     timestamptz,
    next_probe_at timestamptz,
    trial_until   timestamptz, -- half open: until then one person is trying
    reason        text NOT NULL DEFAULT '',
    next_sweep_at timestamptz, -- when open requests are looked through again for those that it cuts off
    swept_to      text NOT NULL DEFAULT '',
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (app_id, channel, surface),
    CONSTRAINT breakers_open_whole CHECK ((state = 'closed') = (opened_at IS NULL))
);
CREATE INDEX breakers_due ON breakers (next_probe_at) WHERE state <> 'closed';
CREATE INDEX requests_open_by_app ON requests (app_id, id) WHERE state = 'open';
CREATE INDEX requests_paused ON requests (id) WHERE state = 'paused';

CREATE INDEX invites_by_age ON invites (created_at);

-- Other kinds of case may have come meanwhile: whatever they are, they stay allowed.
-- +goose StatementBegin
DO $$
DECLARE
    known text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT known FROM pg_constraint
        WHERE conname = 'cases_kind' AND conrelid = 'cases'::regclass;
    EXECUTE format('ALTER TABLE cases DROP CONSTRAINT cases_kind,
        ADD CONSTRAINT cases_kind CHECK (kind = ''surface_blocked'' OR %s)', known);
END $$;
-- +goose StatementEnd

-- +goose Down
DELETE FROM cases WHERE kind = 'surface_blocked';
DROP INDEX invites_by_age, requests_open_by_app, requests_paused;
DROP TABLE breakers, breaker_rules;
