// Package mint makes the names that outlive us: ids of rows, and the numbers
// under which a provider knows our payments and refunds. They are minted where
// something is created, by the API or an activity, never by workflow code.
package mint

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The prefixes of ids; an id says what it names wherever it turns up.
const (
	Merchant = "mer"
	App      = "app"
	Order    = "ord"
	Request  = "fpr"
	Invite   = "inv"
	Payer    = "pay"
	Account  = "acc"
	Event    = "evt"
	Message  = "msg"
	Case     = "cas"
	Finding  = "fnd"
	Reading  = "rdg"
	Decision = "dec"
	Change   = "chg" // of the catalogue
	Command  = "cmd" // of a colleague
	Key      = "key" // of a merchant, for our API
	Endpoint = "whe"
	Delivery = "dlv"
	Update   = "upd" // of a workflow, where what is done has no other name
)

const (
	alphabet     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numberLength = 26

	// fair is the largest multiple of the alphabet's size that a byte holds; a
	// byte beyond it is thrown away, else the first letters would come more often.
	fair = 256 / len(alphabet) * len(alphabet)
)

// Number is a new provider number: 26 random characters of [0-9A-Z], 134 bits.
func Number() string {
	number := make([]byte, 0, numberLength)
	var random [2 * numberLength]byte
	for len(number) < numberLength {
		rand.Read(random[:]) // never fails since Go 1.24
		number = draw(number, random[:])
	}
	return string(number)
}

func draw(number, random []byte) []byte {
	for _, b := range random {
		if len(number) < numberLength && int(b) < fair {
			number = append(number, alphabet[int(b)%len(alphabet)])
		}
	}
	return number
}

// ID is a new id: the prefix, an underscore and a UUID of version 7 in lower
// case, so that ids of one kind sort by the time they were made.
func ID(prefix string) string { return prefix + "_" + uuid.Must(uuid.NewV7()).String() }

// MadeAt is when an id was made, to the millisecond; zero where it does not tell.
func MadeAt(id string) time.Time {
	_, name, _ := strings.Cut(id, "_")
	made, err := uuid.Parse(name)
	if err != nil || made.Version() != 7 {
		return time.Time{}
	}
	return time.Unix(made.Time().UnixTime()).UTC()
}
