-- +goose Up
-- What support is shown as undecided: an order still being made, and a payment that a
-- callback spoke of and the provider's answers do not bear out.
DROP INDEX attempts_waiting;
CREATE INDEX attempts_waiting ON attempts (state_since)
    WHERE state IN ('new', 'unknown', 'closing') OR watched AND state IN ('closed', 'failed');

-- +goose Down
DROP INDEX attempts_waiting;
CREATE INDEX attempts_waiting ON attempts (state_since) WHERE state IN ('unknown', 'closing');
