package api

import "context"

// Store is what the API needs of the rows, gathered from what each part needs.
type Store interface {
	friendStore
	callbackStore
	Ping(ctx context.Context) error
}
