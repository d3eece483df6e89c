-- +goose Up
CREATE TABLE merchants (
    id         text PRIMARY KEY CONSTRAINT merchants_id CHECK (id ~ '^mer_'),
    name       text NOT NULL CONSTRAINT merchants_name CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE apps (
    id                     text PRIMARY KEY CONSTRAINT apps_id CHECK (id ~ '^app_'),
    merchant_id            text NOT NULL REFERENCES merchants,
    name                   text NOT NULL CONSTRAINT apps_name CHECK (name <> ''),
    webhook_url            text NOT NULL DEFAULT '',
    webhook_secret_sealed  bytea NOT NULL DEFAULT '',
    hook_url               text NOT NULL DEFAULT '',
    accept_late_seconds    bigint NOT NULL DEFAULT 0,
    default_expiry_seconds bigint NOT NULL,
    buyer_may_pay_own      boolean NOT NULL DEFAULT false,
    return_origins         jsonb NOT NULL DEFAULT '[]',
    daily_limit_minor      bigint NOT NULL DEFAULT 0,
    daily_limit_currency   text NOT NULL DEFAULT '',
    payment_limit_minor    bigint NOT NULL DEFAULT 0,
    payment_limit_currency text NOT NULL DEFAULT '',
    created_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT apps_windows CHECK (accept_late_seconds >= 0 AND default_expiry_seconds > 0),
    CONSTRAINT apps_limits CHECK (daily_limit_minor >= 0 AND payment_limit_minor >= 0)
);
CREATE INDEX apps_by_merchant ON apps (merchant_id);

CREATE TABLE api_keys (
    hash        bytea PRIMARY KEY CONSTRAINT api_keys_hash CHECK (length(hash) = 32),
    merchant_id text NOT NULL REFERENCES merchants,
    apps        jsonb NOT NULL DEFAULT '[]',
    scopes      jsonb NOT NULL DEFAULT '[]',
    mode        text NOT NULL CONSTRAINT api_keys_mode CHECK (mode IN ('test', 'live')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);

CREATE TABLE provider_accounts (
    id              text PRIMARY KEY CONSTRAINT provider_accounts_id CHECK (id ~ '^acc_'),
    provider        text NOT NULL CONSTRAINT provider_accounts_provider CHECK (provider <> ''),
    app_id          text NOT NULL REFERENCES apps,
    settings_sealed bytea NOT NULL,
    state           text NOT NULL
        CONSTRAINT provider_accounts_state CHECK (state IN ('active', 'retired', 'disabled')),
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX provider_accounts_by_app ON provider_accounts (app_id);

CREATE TABLE channels (
    app_id            text NOT NULL REFERENCES apps,
    id                text NOT NULL,
    provider          text NOT NULL,
    account_id        text NOT NULL REFERENCES provider_accounts,
    product           text NOT NULL,
    name_zh           text NOT NULL,
    name_en           text NOT NULL,
    kind              text NOT NULL,
    position          integer NOT NULL DEFAULT 0,
    min_minor         bigint NOT NULL,
    min_currency      text NOT NULL,
    max_minor         bigint NOT NULL,
    max_currency      text NOT NULL,
    min_close_seconds bigint NOT NULL DEFAULT 0
        CONSTRAINT channels_min_close CHECK (min_close_seconds >= 0),
    surfaces          jsonb NOT NULL DEFAULT '[]',
    enabled           boolean NOT NULL DEFAULT true,
    PRIMARY KEY (app_id, id),
    CONSTRAINT channels_window
        CHECK (min_minor >= 0 AND max_minor >= min_minor AND min_currency = max_currency)
);

-- +goose Down
DROP TABLE channels, provider_accounts, api_keys, apps, merchants;
