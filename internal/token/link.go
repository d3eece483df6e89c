package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
)

const (
	linkLength   = 43 // 256 bits in base64url without padding
	minSecretLen = 32
)

// ErrNoLink is anything that cannot be a link's token.
var ErrNoLink = errors.New("this is no link token")

// Links derives the secrets of links. They are not stored: the same invite and
// generation give the same link again, a new generation makes the old one dead.
type Links struct {
	secrets [][]byte
}

// NewLinks takes the secrets, each of 32 bytes or more: the first makes new
// links, the others still find the links that were made under them.
func NewLinks(secrets ...[]byte) (*Links, error) {
	if len(secrets) == 0 {
		return nil, errors.New("links need a secret")
	}
	for _, secret := range secrets {
		if len(secret) < minSecretLen {
			return nil, errors.New("a link secret has fewer than 32 bytes")
		}
	}
	return &Links{secrets: secrets}, nil
}

// Token makes the token of an invite's generation, 43 characters, under the newest secret.
func (l *Links) Token(invite string, generation int64) string {
	return derive(l.secrets[0], invite, generation)
}

// Again derives the token whose hash was stored, under whichever secret it was
// made; ok is false when that secret is gone.
func (l *Links) Again(invite string, generation int64, hash []byte) (token string, ok bool) {
	for _, secret := range l.secrets {
		candidate := derive(secret, invite, generation)
		if subtle.ConstantTimeCompare(digest(candidate), hash) == 1 {
			return candidate, true
		}
	}
	return "", false
}

// Hash is what is stored of a token, and what one is found by. Whatever is not
// exactly the shape of a token is ErrNoLink, before any database is asked.
func Hash(token string) ([]byte, error) {
	if len(token) != linkLength {
		return nil, ErrNoLink
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(secret) != sha256.Size {
		return nil, ErrNoLink
	}
	return digest(token), nil
}

func derive(secret []byte, invite string, generation int64) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("friendpay link v1|" + invite + "|" + strconv.FormatInt(generation, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
