-- +goose Up
-- What 0036, 0038 and 0039 hold new rows to is looked for in the old ones, while everybody reads and writes:
-- in a transaction of its own, since adding a constraint keeps all others out until it is over.
ALTER TABLE orders VALIDATE CONSTRAINT orders_category;
ALTER TABLE payers VALIDATE CONSTRAINT payers_locale;
ALTER TABLE invites VALIDATE CONSTRAINT invites_changes;

-- +goose Down
-- They go with their columns.
SELECT 1;
