package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/friendpay/friendpay/models"
)

// loginLife is how long a login at a provider may take. Providers' own codes live
// as long: 5 minutes at WeChat.
const loginLife = 5 * time.Minute

// LoginState is a login at a provider that is under way: State is the random word
// that leads back to it, of which the store keeps a hash.
type LoginState struct {
	State    string
	Invite   string
	Provider string
	Account  string
	Channel  string // that the friend picked before
	Secret   string // what the browser alone knows of it; never stored
}

// BeginLogin keeps a login until it comes back, for 5 minutes.
func (s *Store) BeginLogin(ctx context.Context, login LoginState) error {
	const begin = `INSERT INTO login_states (invite_id, hash, provider, account_id, channel, expires_at)
		VALUES (?, ?, ?, ?, ?, clock_timestamp() + make_interval(secs => ?))`
	_, err := s.write(ctx, begin, login.Invite, stateHash(login.State), login.Provider, login.Account,
		login.Channel, loginLife.Seconds())
	return failed("begin login", err)
}

// TakeLogin uses a login up: it is good once. Gone "login_over" when there is none
// of that word and invite, or it took too long.
func (s *Store) TakeLogin(ctx context.Context, state, invite string) (LoginState, error) {
	const take = `DELETE FROM login_states WHERE hash = ? AND invite_id = ? AND expires_at > clock_timestamp()
		RETURNING invite_id AS invite, provider, account_id AS account, channel`
	var taken []LoginState
	if err := s.read(ctx, &taken, take, stateHash(state), invite); err != nil {
		return LoginState{}, failed("take login", err)
	}
	if len(taken) == 0 {
		return LoginState{}, models.Refuse(models.Gone, "login_over", "This login took too long, or is done.")
	}
	return taken[0], nil
}

func stateHash(state string) []byte {
	hash := sha256.Sum256([]byte(state))
	return hash[:]
}
