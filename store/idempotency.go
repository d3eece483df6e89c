package store

import "context"

// Key is one use of an Idempotency-Key by one principal.
type Key struct {
	Principal   string // audience and subject: keys of two principals never meet
	Value       string
	Fingerprint []byte // of method, path and body
	Resource    string // the id minted for what is to be created
}

// KeyState is what is stored under a key. While it is not Done, the caller
// holds the lease and creates Resource: the one minted first, not his own.
type KeyState struct {
	Resource    string
	Done        bool
	Status      int
	ContentType string
	Body        []byte
}

// Answer is the response to store under a key, byte for byte.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// BeginKey takes the lease of a key for 30 seconds, or gives the stored answer.
// Conflict "key_in_flight" while another holds the lease (Until says how long),
// invalid "key_reused" for another fingerprint. Call it outside WithTx.
func (s *Store) BeginKey(ctx context.Context, key Key) (KeyState, error) {
	return KeyState{}, errUnwritten
}

// FinishKey stores the answer and returns what is stored: the first answer
// stays, so the caller must send the returned one. Inside WithTx it is stored
// with the effect or not at all.
func (s *Store) FinishKey(ctx context.Context, principal, value string, answer Answer) (KeyState, error) {
	return KeyState{}, errUnwritten
}

// ReleaseKey ends the lease without an answer, after a failure that the client
// may retry at once.
func (s *Store) ReleaseKey(ctx context.Context, principal, value string) error { return errUnwritten }

// PruneKeys forgets keys older than 24 hours and says how many.
func (s *Store) PruneKeys(ctx context.Context) (int64, error) { return 0, errUnwritten }
