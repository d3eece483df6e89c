package unionpay

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// The codes that are acted on.
const (
	codeDone      = "00"
	codeFlawed    = "A6" // done, with a flaw that is UnionPay's own to mend
	codeAccepted  = "05"
	codeDuplicate = "12"
	codeUnknown   = "34" // no such transaction
	codeNoFunds   = "64"
	codeNoFile    = "98"
)

// notNow are said by a system that is there and will do it later: closed for the
// moment, asked too often.
var notNow = map[string]time.Duration{"02": time.Minute, "37": time.Minute}

// certain are the codes after which nothing was done and nothing will be. What is
// in no list, 03, 04 and 05 among it, is not known: it has to be asked for.
var certain = strings.Fields(`01 10 11 12 13 14 30 31 32 33 34 35 36 38 39 40 45
	60 61 62 63 64 65 66 67 68 71 72 73 77 78 98`)

// mendable are what a refund is refused with while a person can put it right: our
// certificate, the merchant's state, a right, the balance. Nothing was done, and
// the money goes back under the same number later. The time is between two tries.
var mendable = map[string]time.Duration{
	"11": time.Minute, "31": time.Minute, "32": time.Minute, codeNoFunds: 10 * time.Minute,
}

// refusal is the cause of an error whose code was signed.
type refusal struct{ code string }

func (r refusal) Error() string { return r.code }

// Is lets the engine know an empty balance in its own word. Only a refund is refused
// for that: of a payment the same code says that the payer's card has too little.
func (r refusal) Is(target error) bool {
	return r.code == codeNoFunds && target == providers.ErrNoFunds
}

// told says whether UnionPay refused, verifiably, with this code.
func told(err error, code string) bool {
	var said refusal
	return errors.As(err, &said) && said.code == code
}

func succeeded(code string) bool { return code == codeDone || code == codeFlawed }

var codeForm = regexp.MustCompile(`^[0-9A-Z]{2}$`)

// refused puts a verified answer that is no success into the words of the engine.
func refused(op, code, words string) error {
	failed := &providers.Error{Class: providers.Ambiguous, Op: op, Code: "ANSWER", Message: clean(words)}
	if !codeForm.MatchString(code) {
		failed.Message = "the answer has no code"
		return failed
	}
	failed.Code, failed.Err = code, refusal{code}
	if wait, later := notNow[code]; later {
		failed.Class, failed.RetryAfter = providers.Refused, wait
	} else if slices.Contains(certain, code) {
		failed.Class = providers.Definite
	}
	if wait, mends := mendable[code]; mends && op == "refund" {
		failed.Class, failed.RetryAfter = providers.Refused, wait
	}
	return failed
}

const maxWords = 120 // characters of UnionPay's own words

// account is what may be a card number or a phone's, masked or not. The seven
// digits in brackets that end UnionPay's words are shorter.
var account = regexp.MustCompile(`[0-9][0-9*xX -]{6,}[0-9]`)

// clean takes numbers out that may be a payer's, and cuts.
func clean(words string) string {
	runes := []rune(account.ReplaceAllString(strings.ToValidUTF8(words, ""), "…"))
	return string(runes[:min(len(runes), maxWords)])
}
