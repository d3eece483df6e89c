// Package vault seals what the database must not show: phones, provider keys,
// webhook secrets, stored answers. What is sealed is bound to the place it was
// sealed for, so that a column copied to another row does not open there.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// KeySize is the length of every key in bytes: AES-256 and HMAC-SHA-256.
const KeySize = 32

const (
	format    = 1 // the first byte of everything sealed
	maxKeyID  = 32
	nonceSize = 12
)

// ErrSealed is what Open answers whenever it cannot open: garbage, a key that
// is not here, another place. Which of these is nobody's business.
var ErrSealed = errors.New("cannot be unsealed here")

// Key is a sealing key and the id that sealed bytes name it by.
type Key struct {
	ID     string // 1 to 32 characters
	Secret []byte // 32 bytes
}

// Vault seals with its first key and opens with any. It is safe for concurrent use.
type Vault struct {
	index   []byte
	current string
	keys    map[string]cipher.AEAD
}

// New makes a vault. The index key makes Index values and stays for ever, since
// rows are found by them; of the sealing keys the first seals and the others
// only open what they sealed before the rotation.
func New(index []byte, keys ...Key) (*Vault, error) {
	if len(index) != KeySize {
		return nil, fmt.Errorf("vault: the index key has %d bytes, not %d", len(index), KeySize)
	}
	if len(keys) == 0 {
		return nil, errors.New("vault: no sealing key")
	}
	v := &Vault{index: index, current: keys[0].ID, keys: map[string]cipher.AEAD{}}
	for _, key := range keys {
		if err := v.add(key); err != nil {
			return nil, fmt.Errorf("vault: key %q: %w", key.ID, err)
		}
	}
	return v, nil
}

func (v *Vault) add(key Key) error {
	if len(key.ID) == 0 || len(key.ID) > maxKeyID {
		return fmt.Errorf("an id has 1 to %d characters", maxKeyID)
	}
	if _, known := v.keys[key.ID]; known {
		return errors.New("two keys have this id")
	}
	if len(key.Secret) != KeySize {
		return fmt.Errorf("%d bytes, not %d", len(key.Secret), KeySize)
	}
	block, err := aes.NewCipher(key.Secret)
	if err != nil {
		return err
	}
	v.keys[key.ID], err = cipher.NewGCM(block)
	return err
}

// ParseKeys reads sealing keys as operators write them: "id:base64,id:base64",
// the current one first.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for part := range strings.SplitSeq(text, ",") {
		id, encoded, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return nil, errors.New("vault: keys are written id:base64,id:base64")
		}
		secret, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return nil, fmt.Errorf("vault: key %q is not base64", id)
		}
		keys = append(keys, Key{ID: id, Secret: secret})
	}
	return keys, nil
}

// Seal encrypts plain for one place, such as "payers.phone:pay_…". The same
// plain never looks the same twice.
func (v *Vault) Seal(plain []byte, place string) []byte {
	sealed := fmt.Appendf(nil, "%c%c%s", format, len(v.current), v.current)
	header := len(sealed)
	nonce := make([]byte, nonceSize)
	rand.Read(nonce) // never fails since Go 1.24
	sealed = append(sealed, nonce...)
	return v.keys[v.current].Seal(sealed, nonce, plain, bound(sealed[:header], place))
}

// Open gives back what was sealed for this place, or ErrSealed.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	id, ok := keyID(sealed)
	key, known := v.keys[id]
	header := 2 + len(id)
	if !ok || !known || len(sealed) < header+nonceSize+key.Overhead() {
		return nil, ErrSealed
	}
	nonce, body := sealed[header:header+nonceSize], sealed[header+nonceSize:]
	plain, err := key.Open(nil, nonce, body, bound(sealed[:header], place))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Stale says that another key than the current one sealed this; sealing it anew
// lets that key go.
func (v *Vault) Stale(sealed []byte) bool {
	id, ok := keyID(sealed)
	return ok && id != v.current
}

// Index is a keyed hash by which a secret can be found again without being
// stored: 32 bytes, the same for the same purpose and parts.
func (v *Vault) Index(purpose string, parts ...string) []byte {
	mac := hmac.New(sha256.New, v.index)
	for _, part := range append([]string{purpose}, parts...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:]) // so that ("ab","c") and ("a","bc") differ
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}

func keyID(sealed []byte) (string, bool) {
	if len(sealed) < 2 || sealed[0] != format || len(sealed) < 2+int(sealed[1]) {
		return "", false
	}
	return string(sealed[2 : 2+int(sealed[1])]), true
}

// bound is the associated data: the header and the place, neither of which can
// be exchanged afterwards.
func bound(header []byte, place string) []byte {
	return append(append([]byte(nil), header...), place...)
}
