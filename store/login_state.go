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

// BeginLogin keeps a login until it comes back, for 5 minutes, and with the invite that one
// was begun; not of one that only looks at what became of a payment.
func (s *Store) BeginLogin(ctx context.Context, login LoginState) error {
	const begin = `WITH step AS (UPDATE invites SET login_begun_at = clock_timestamp(),
			channel = CASE channel WHEN '' THEN @channel ELSE channel END
		WHERE id = @invite AND login_begun_at IS NULL AND (@channel <> '' OR @provider = @issuer))
		INSERT INTO login_states (invite_id, hash, provider, account_id, channel, expires_at)
		VALUES (@invite, @hash, @provider, @account, @channel, clock_timestamp() + make_interval(secs => @life))`
	_, err := s.write(ctx, begin, map[string]any{
		"invite": login.Invite, "hash": stateHash(login.State), "provider": login.Provider,
		"account": login.Account, "channel": login.Channel, "issuer": ByIssuer, "life": loginLife.Seconds(),
	})
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
