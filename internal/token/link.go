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
	minSecretLen = 32

	// What a keyed hash is of, so that a token's is never a code's.
	ofToken, ofCode = "friendpay link hash v1|", "friendpay code hash v1|"
)

// Links derives the secrets of links. They are not stored: the same invite and
// generation give the same link again, a new generation makes the old one dead.
type Links struct {
	pepper  []byte
	secrets [][]byte
}

// NewLinks takes the pepper that stored hashes are keyed with, which stays for
// ever, and the secrets, each of 32 bytes or more: the first makes new links, the
// others still find the links that were made under them.
func NewLinks(pepper []byte, secrets ...[]byte) (*Links, error) {
	if len(secrets) == 0 || len(pepper) < minSecretLen {
		return nil, errors.New("links need a secret, and a pepper of 32 bytes")
	}
	for _, secret := range secrets {
		if len(secret) < minSecretLen {
			return nil, errors.New("a link secret has fewer than 32 bytes")
		}
	}
	return &Links{pepper: pepper, secrets: secrets}, nil
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
		if subtle.ConstantTimeCompare(l.Hash(candidate), hash) == 1 {
			return candidate, true
		}
	}
	return "", false
}

// Hash is what is stored of a token, and what one is found by: 32 bytes. Whatever
// was sent has one, so that a malformed token takes the very way of an unknown one.
func (l *Links) Hash(token string) []byte { return l.keyed(ofToken, token) }

// CodeHash is the same of a share code, in whichever way a person types it. A hash
// without a key would not do: 49 bits are guessed through in a day.
func (l *Links) CodeHash(code string) []byte {
	if normal, ok := normalCode(code); ok {
		code = normal
	}
	return l.keyed(ofCode, code)
}

func (l *Links) keyed(of, text string) []byte {
	mac := hmac.New(sha256.New, l.pepper)
	mac.Write([]byte(of + text))
	return mac.Sum(nil)
}

func derive(secret []byte, invite string, generation int64) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("friendpay link v1|" + invite + "|" + strconv.FormatInt(generation, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
