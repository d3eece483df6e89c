-- +goose Up
-- What a command changes in this database is changed once, however often the command is carried out.
ALTER TABLE commands ADD COLUMN acted_at timestamptz; -- NULL: not yet, or it acts elsewhere

-- What is settled is forgotten after a while; finding it must not read what is not.
CREATE INDEX deliveries_over ON deliveries (done_at) WHERE state IN ('delivered', 'dead');
-- What alarms count: what waits for its turn or its next try, the oldest first.
CREATE INDEX deliveries_waiting ON deliveries (state, created_at) WHERE state IN ('queued', 'trying', 'held', 'dead');
-- Endpoints to which nothing gets through.
CREATE INDEX webhook_endpoints_failing ON webhook_endpoints (failing_since)
    WHERE failing_since IS NOT NULL AND deleted_at IS NULL;
-- Those that were disabled.
CREATE INDEX webhook_endpoints_disabled ON webhook_endpoints (id) WHERE state = 'disabled' AND deleted_at IS NULL;

-- +goose Down
DROP INDEX webhook_endpoints_disabled;
DROP INDEX webhook_endpoints_failing;
DROP INDEX deliveries_waiting;
DROP INDEX deliveries_over;
ALTER TABLE commands DROP COLUMN acted_at;
