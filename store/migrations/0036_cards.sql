-- +goose Up
-- What a buyer lets his friends see of a request, and his words for them. Lines are only added: the newest
-- holds, and the older ones say what pages showed before. A request without one shows all and says nothing,
-- as every request did until now. The first line is written just before the request is, so that no link
-- ever shows more than was wished; one whose request never came to be is forgotten after a day.
CREATE TABLE request_cards (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id text NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    shows      text NOT NULL CONSTRAINT request_cards_shows CHECK (shows IN ('full', 'category', 'surprise')),
    message    text NOT NULL DEFAULT '' CONSTRAINT request_cards_message CHECK (length(message) <= 60)
);
CREATE INDEX request_cards_by_request ON request_cards (request_id, id DESC);
CREATE INDEX request_cards_by_time ON request_cards (at);

-- What an order is about in the merchant's words, for friends who are told no more; empty: not told.
-- 0041 looks at the rows that are there, while others write.
ALTER TABLE orders ADD COLUMN category text NOT NULL DEFAULT '';
ALTER TABLE orders ADD CONSTRAINT orders_category CHECK (length(category) <= 20) NOT VALID;

-- +goose Down
ALTER TABLE orders DROP COLUMN category;
DROP TABLE request_cards;
