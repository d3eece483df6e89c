package store

import (
	"crypto/sha256"
	"crypto/subtle"
)

// indexAsker keeps what the name check compares. The hashes differ from order to order, so
// that a dump does not tell which buyers have the same surname.
func (s *Store) indexAsker(order *Order) {
	order.BuyerSurnameIndex, order.BuyerTailIndex = nil, nil
	if order.BuyerSurname != "" {
		order.BuyerSurnameIndex = s.askerIndex(*order, "surname", order.BuyerSurname)
	}
	if phone := order.BuyerPhone; len(phone) > tailLength {
		order.BuyerTailIndex = s.askerIndex(*order, "tail", phone[len(phone)-tailLength:])
	}
}

// tailLength is how many digits of the asker's phone a friend may type.
const tailLength = 2

// Asker says whether a surname, or the last two digits of a phone, are those of the order's
// buyer. It does the same work whether they are or not, and where nothing was told.
func (s *Store) Asker(order Order, surname, tail string) bool {
	named := subtle.ConstantTimeCompare(or32(order.BuyerSurnameIndex), s.askerIndex(order, "surname", surname))
	dialled := subtle.ConstantTimeCompare(or32(order.BuyerTailIndex), s.askerIndex(order, "tail", tail))
	return named|dialled == 1
}

// or32 stands for an index that was not told: nothing hashes to it, and comparing takes as long.
func or32(index []byte) []byte {
	if len(index) == 0 {
		return make([]byte, sha256.Size)
	}
	return index
}

func (s *Store) askerIndex(order Order, of, value string) []byte {
	return s.vault.Index("asker", order.App, order.Number, of, value)
}
