package token

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// codeAlphabet has no letters that are mistaken for digits when read aloud or typed.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// codeLength gives 49 bits: a guess finds one of a million open codes once in
// 800 million tries, and misses are limited.
const codeLength = 10

// Code makes the share code that stands for the link where links are blocked:
// 10 characters, written "K7QF9-M2XAB", the same for the same token.
func Code(token string) string {
	sum := sha256.Sum256([]byte("friendpay code v1|" + token))
	code := make([]byte, 0, codeLength+1)
	for i := range codeLength {
		if i == codeLength/2 {
			code = append(code, '-')
		}
		code = append(code, codeAlphabet[letter(sum, i)])
	}
	return string(code)
}

// FreshCode is a code of its own that stands for no token, in the same shape.
func FreshCode() string { return Code(rand.Text() + rand.Text()) }

// letter takes 24 bits for each character, which makes the alphabet's uneven
// length invisible.
func letter(sum [sha256.Size]byte, i int) int {
	bits := int(sum[3*i])<<16 | int(sum[3*i+1])<<8 | int(sum[3*i+2])
	return bits % len(codeAlphabet)
}

// IsCode says that what was typed has the shape of a share code. Case, spaces and
// dashes do not matter.
func IsCode(typed string) bool {
	_, ok := normalCode(typed)
	return ok
}

// normalCode is a code without what people add when they type it.
func normalCode(typed string) (code string, ok bool) {
	kept := make([]byte, 0, codeLength)
	for i := range len(typed) {
		switch c := typed[i]; {
		case c == '-' || c == ' ':
		case len(kept) == codeLength:
			return "", false
		case c >= 'a' && c <= 'z':
			kept = append(kept, c-'a'+'A')
		default:
			kept = append(kept, c)
		}
	}
	for _, c := range kept {
		if !strings.ContainsRune(codeAlphabet, rune(c)) {
			return "", false
		}
	}
	return string(kept), len(kept) == codeLength
}
