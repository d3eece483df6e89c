-- +goose Up
-- What operators decide about who may pay with what, and where. Each table is as it stands now;
-- catalogue_history holds every row as it ever was, so that a decision can be taken again.
CREATE TABLE catalogue_history (
    version bigint PRIMARY KEY CONSTRAINT catalogue_history_version CHECK (version > 0),
    family  text NOT NULL,
    key     text NOT NULL, -- the row's primary key, its parts joined by slashes
    body    jsonb,         -- the row; NULL: taken away
    author  text NOT NULL CONSTRAINT catalogue_history_author CHECK (author <> ''),
    reason  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX catalogue_history_by_row ON catalogue_history (family, key, version DESC);
CREATE INDEX catalogue_history_by_time ON catalogue_history (at);

-- Who changes a row, and why, is told by the settings friendpay.author and friendpay.reason of the
-- transaction. A change by hand in the database is kept, too, under the database user's name.
-- +goose StatementBegin
CREATE FUNCTION keep_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    row_key text := '';
    column_name text;
    next bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) = row_now THEN
        RETURN NULL;
    END IF;
    FOREACH column_name IN ARRAY TG_ARGV LOOP
        row_key := row_key || '/' || (row_now ->> column_name);
    END LOOP;
    PERFORM pg_advisory_xact_lock(hashtext('friendpay.catalogue')); -- versions become visible in their order
    SELECT coalesce(max(version), 0) + 1 INTO next FROM catalogue_history;
    INSERT INTO catalogue_history (version, family, key, body, author, reason) VALUES (
        next, TG_TABLE_NAME, substr(row_key, 2), CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE row_now END,
        coalesce(nullif(current_setting('friendpay.author', true), ''), 'database:' || current_user),
        coalesce(current_setting('friendpay.reason', true), ''));
    PERFORM pg_notify('friendpay_catalogue', next::text);
    RETURN NULL;
END $$;

CREATE FUNCTION keep_catalogue_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is only ever added to'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_history_kept';
END $$;
-- +goose StatementEnd
CREATE TRIGGER catalogue_history_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_history
    EXECUTE FUNCTION keep_catalogue_history();

-- How far an app is with the provider of a channel, on a surface or on all ('').
CREATE TABLE onboarding (
    app_id  text NOT NULL REFERENCES apps,
    channel text NOT NULL,
    surface text NOT NULL DEFAULT '',
    state   text NOT NULL CONSTRAINT onboarding_state CHECK (
        state IN ('none', 'applied', 'reviewing', 'approved', 'rejected', 'suspended', 'invited_only')),
    since   timestamptz NOT NULL DEFAULT now(),
    note    text NOT NULL DEFAULT '', -- for staff: never shown to a payer
    PRIMARY KEY (app_id, channel, surface)
);

-- To whom a feature is released: 'friend_pay' as a whole (channel ''), or 'channel' for one of them;
-- in one app, or in all ('').
CREATE TABLE rollouts (
    feature      text NOT NULL CONSTRAINT rollouts_feature CHECK (feature <> ''),
    channel      text NOT NULL DEFAULT '',
    app_id       text NOT NULL DEFAULT '',
    state        text NOT NULL
        CONSTRAINT rollouts_state CHECK (state IN ('off', 'internal', 'grey', 'full', 'draining')),
    basis_points integer NOT NULL DEFAULT 0 -- grey: hundredths of a percent of the buyers
        CONSTRAINT rollouts_basis_points CHECK (basis_points BETWEEN 0 AND 10000),
    allow        jsonb NOT NULL DEFAULT '[]', -- buyers who are always in, in internal and grey
    owner        text NOT NULL CONSTRAINT rollouts_owner CHECK (owner <> ''),
    killed       boolean NOT NULL DEFAULT false, -- nothing new at all, not even for requests made before
    PRIMARY KEY (feature, channel, app_id)
);

-- What works where: a provider's product on a surface, or the surface itself (provider and product '').
CREATE TABLE surfaces (
    surface     text NOT NULL CONSTRAINT surfaces_surface CHECK (surface <> ''),
    provider    text NOT NULL DEFAULT '',
    product     text NOT NULL DEFAULT '',
    since       timestamptz NOT NULL DEFAULT '2000-01-01 00:00:00+00', -- from when on this row speaks
    works       boolean NOT NULL,
    min_version text NOT NULL DEFAULT '', -- of the app that the surface is; '': any
    fallback    text NOT NULL DEFAULT '' CONSTRAINT surfaces_fallback CHECK (
        fallback IN ('', 'qr', 'share_code', 'open_browser', 'other_channel')),
    share_code  boolean NOT NULL DEFAULT true, -- may a share text hold a code there?
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (surface, provider, product, since)
);

-- How much may be paid: in one transaction or on one day in Shanghai, by each payer, by each pair of
-- payer and buyer, for each buyer, through a channel, to the merchant's app.
CREATE TABLE pay_limits (
    app_id   text NOT NULL REFERENCES apps,
    scope    text NOT NULL
        CONSTRAINT pay_limits_scope CHECK (scope IN ('channel', 'payer', 'pair', 'buyer', 'merchant')),
    channel  text NOT NULL DEFAULT '', -- of scope channel: which; '': each
    per      text NOT NULL CONSTRAINT pay_limits_per CHECK (per IN ('transaction', 'day')),
    minor    bigint NOT NULL CONSTRAINT pay_limits_minor CHECK (minor > 0),
    currency text NOT NULL CONSTRAINT pay_limits_currency CHECK (currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (app_id, scope, channel, per)
);

-- Offers: who gives what off, how they stack, and how much there is of it.
CREATE TABLE promotions (
    id           text NOT NULL CONSTRAINT promotions_id CHECK (id ~ '^[a-z0-9_]{1,64}$'),
    app_id       text NOT NULL REFERENCES apps,
    channel      text NOT NULL DEFAULT '', -- '': with each
    name_zh      text NOT NULL,
    name_en      text NOT NULL,
    sponsor      text NOT NULL CONSTRAINT promotions_sponsor CHECK (sponsor IN ('merchant', 'channel', 'platform')),
    fixed_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT promotions_fixed CHECK (fixed_minor >= 0),
    basis_points integer NOT NULL DEFAULT 0
        CONSTRAINT promotions_basis_points CHECK (basis_points BETWEEN 0 AND 10000),
    cap_minor    bigint NOT NULL DEFAULT 0 CONSTRAINT promotions_cap CHECK (cap_minor >= 0), -- 0: none
    least_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT promotions_least CHECK (least_minor >= 0), -- order amount
    budget_minor bigint NOT NULL CONSTRAINT promotions_budget CHECK (budget_minor >= 0),
    currency     text NOT NULL CONSTRAINT promotions_currency CHECK (currency ~ '^[A-Z]{3}$'),
    stack_group  text NOT NULL, -- one of each group at most
    exclusive    boolean NOT NULL DEFAULT false, -- stacks with none
    position     integer NOT NULL DEFAULT 0, -- lower ones come off first
    since        timestamptz NOT NULL,
    until        timestamptz NOT NULL,
    enabled      boolean NOT NULL DEFAULT true,
    PRIMARY KEY (app_id, id),
    CONSTRAINT promotions_one_measure CHECK ((fixed_minor > 0) <> (basis_points > 0)),
    CONSTRAINT promotions_window CHECK (until > since)
);

-- What kind of order may be friend-paid, in one app or in all ('').
CREATE TABLE kinds (
    app_id     text NOT NULL DEFAULT '',
    kind       text NOT NULL CONSTRAINT kinds_kind CHECK (kind <> ''),
    friend_pay boolean NOT NULL,
    credit     boolean NOT NULL DEFAULT true, -- may be paid with credit
    min_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT kinds_min CHECK (min_minor >= 0),
    max_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT kinds_max CHECK (max_minor >= 0), -- 0: none
    currency   text NOT NULL DEFAULT 'CNY',
    PRIMARY KEY (app_id, kind)
);

-- A channel may say how it must be funded, and need no account when nothing is paid through it here.
ALTER TABLE channels
    ADD COLUMN funding jsonb NOT NULL DEFAULT '[]', -- the provider's own words for where money may come from
    ALTER COLUMN account_id DROP NOT NULL;

CREATE TRIGGER channels_kept AFTER INSERT OR UPDATE OR DELETE ON channels
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'id');
CREATE TRIGGER onboarding_kept AFTER INSERT OR UPDATE OR DELETE ON onboarding
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'channel', 'surface');
CREATE TRIGGER rollouts_kept AFTER INSERT OR UPDATE OR DELETE ON rollouts
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('feature', 'channel', 'app_id');
CREATE TRIGGER surfaces_kept AFTER INSERT OR UPDATE OR DELETE ON surfaces
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('surface', 'provider', 'product', 'since');
CREATE TRIGGER pay_limits_kept AFTER INSERT OR UPDATE OR DELETE ON pay_limits
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'scope', 'channel', 'per');
CREATE TRIGGER promotions_kept AFTER INSERT OR UPDATE OR DELETE ON promotions
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'id');
CREATE TRIGGER kinds_kept AFTER INSERT OR UPDATE OR DELETE ON kinds
    FOR EACH ROW EXECUTE FUNCTION keep_catalogue('app_id', 'kind');

INSERT INTO catalogue_history (version, family, key, body, author, reason)
    SELECT row_number() OVER (ORDER BY app_id, id), 'channels', app_id || '/' || id, to_jsonb(c), 'friendpay',
        'as it was before the history began' FROM channels c;
SELECT set_config('friendpay.author', 'friendpay', true), set_config('friendpay.reason', 'the defaults', true);
INSERT INTO kinds (kind, friend_pay, credit) VALUES
    ('virtual', true, false), ('top_up', false, false), ('cross_border', false, true);
INSERT INTO surfaces (surface, works, share_code, note) VALUES
    ('wechat_moments', true, false, 'no codes in Moments');
INSERT INTO pay_limits (app_id, scope, per, minor, currency)
    SELECT id, 'payer', 'day', daily_limit_minor, daily_limit_currency FROM apps WHERE daily_limit_minor > 0;
INSERT INTO pay_limits (app_id, scope, per, minor, currency)
    SELECT id, 'payer', 'transaction', payment_limit_minor, payment_limit_currency
    FROM apps WHERE payment_limit_minor > 0;

-- +goose Down
DELETE FROM channels WHERE account_id IS NULL;
DROP TRIGGER channels_kept ON channels;
ALTER TABLE channels DROP COLUMN funding, ALTER COLUMN account_id SET NOT NULL;
DROP TABLE kinds, promotions, pay_limits, surfaces, rollouts, onboarding, catalogue_history;
DROP FUNCTION keep_catalogue, keep_catalogue_history;
