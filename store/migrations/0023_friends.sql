-- +goose Up
-- Whether a friend has to say who asks him, before he may log in or pay.
ALTER TABLE apps ADD COLUMN name_check text NOT NULL DEFAULT 'never'
    CONSTRAINT apps_name_check CHECK (name_check IN ('never', 'always'));

-- What he says is compared with these: keyed hashes, other ones for each order.
ALTER TABLE orders
    ADD COLUMN buyer_surname_index bytea
        CONSTRAINT orders_buyer_surname_index CHECK (length(buyer_surname_index) = 32), -- NULL: not told
    ADD COLUMN buyer_tail_index bytea
        CONSTRAINT orders_buyer_tail_index CHECK (length(buyer_tail_index) = 32); -- of the phone's last two digits

-- A merchant's word for somebody who is logged in at his: good once, for minutes.
CREATE TABLE vouchers (
    hash           bytea PRIMARY KEY CONSTRAINT vouchers_hash CHECK (length(hash) = 32),
    app_id         text NOT NULL REFERENCES apps,
    subject_sealed bytea NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX vouchers_over ON vouchers (expires_at);

-- A friend on his way from one browser into another: good once, for two minutes.
CREATE TABLE handoffs (
    hash       bytea PRIMARY KEY CONSTRAINT handoffs_hash CHECK (length(hash) = 32),
    invite_id  text NOT NULL REFERENCES invites ON DELETE CASCADE,
    channel    text NOT NULL DEFAULT '',
    checked    boolean NOT NULL DEFAULT false, -- he has said who asks
    expires_at timestamptz NOT NULL
);
CREATE INDEX handoffs_over ON handoffs (expires_at);

-- +goose Down
DROP TABLE handoffs, vouchers;
ALTER TABLE orders DROP COLUMN buyer_tail_index, DROP COLUMN buyer_surname_index;
ALTER TABLE apps DROP COLUMN name_check;
