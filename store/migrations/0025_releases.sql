-- +goose Up
-- What each request was made with, so that a link keeps it while ramps go up and down. Written just before
-- the request is, by the call that makes it; the first word stays. One that another call's request made
-- needless is left behind, and says nothing about a person.
CREATE TABLE request_releases (
    request_id        text PRIMARY KEY,
    released          jsonb NOT NULL, -- "friend_pay", "channel/wechat", or "-channel/wechat": made without
    catalogue_version bigint NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now()
);

-- The engine asks again whether a payment may begin, and knows the place by what the browser said.
ALTER TABLE checkouts ADD COLUMN version text NOT NULL DEFAULT ''; -- of the app that the surface is

-- +goose Down
ALTER TABLE checkouts DROP COLUMN version;
DROP TABLE request_releases;
