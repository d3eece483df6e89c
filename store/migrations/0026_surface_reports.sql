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

-- +goose Down
DROP TABLE surface_reports;
