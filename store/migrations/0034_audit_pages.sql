-- +goose Up
-- The audit as a list, the newest first: of one colleague, of one act. All of it is read by its primary key.
CREATE INDEX audit_by_actor ON audit (actor, id DESC);
CREATE INDEX audit_by_act ON audit (act, id DESC);

-- +goose Down
DROP INDEX audit_by_act, audit_by_actor;
