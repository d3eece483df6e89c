// Package faults is the switchboard of what goes wrong at the simulated
// providers: each rule spoils one or more of the next matching calls.
package faults

import (
	"fmt"
	"slices"
)

// Op is a call that can be spoiled.
type Op string

// The calls. Pay is the payer pressing the button, Callback one delivery.
const (
	Create      Op = "create"
	Query       Op = "query"
	Close       Op = "close"
	Refund      Op = "refund"
	RefundQuery Op = "refund_query"
	Statement   Op = "statement"
	Pay         Op = "pay"
	Callback    Op = "callback"

	Certificates Op = "certificates"
	Download     Op = "bill_download"
	Login        Op = "login"
)

// Mode is a way of going wrong.
type Mode string

// The modes. "Before" means that nothing was done, "after" that it was done
// and only the answer is lost or wrong.
const (
	DropBefore   Mode = "drop_before"
	DropAfter    Mode = "drop_after"
	ErrorBefore  Mode = "error_before"
	ErrorAfter   Mode = "error_after"
	Hold         Mode = "hold"  // done; the answer waits for release or MS
	Delay        Mode = "delay" // MS pass first
	RateLimited  Mode = "rate_limited"
	BadSignature Mode = "bad_signature"
	Redirect     Mode = "redirect"   // done; answered by a 302
	HugeBody     Mode = "huge_body"  // done; answered by 8 MiB
	BadJSON      Mode = "bad_json"   // done; answered by signed nonsense
	SayStatus    Mode = "say_status" // the answer claims the status Value

	WrongAmount  Mode = "wrong_amount"                // captures, or lists, Minor; 0: one more than is true
	PaidMeantime Mode = "pay_between_query_and_close" // close finds the order paid

	Abnormal        Mode = "abnormal"
	ClosedNoFunds   Mode = "closed_no_funds"
	StuckProcessing Mode = "stuck_processing"

	Lost           Mode = "lost"   // the event is never sent
	Double         Mode = "double" // two copies at the same moment
	Forged         Mode = "forged" // signed with a wrong secret
	Stale          Mode = "stale"  // genuine, but stamped 301 s ago
	Late           Mode = "late"   // MS pass before it is sent
	Truncated      Mode = "truncated"
	ForeignAccount Mode = "foreign_account" // names, and is signed by, another account

	WrongSerial    Mode = "wrong_serial"    // names a key that nobody knows
	Unsigned       Mode = "unsigned"        // no signature; of answers only those that tell success
	UnsignedErrors Mode = "unsigned_errors" // beside another rule, or alone: a refusal is not signed
	SignTest       Mode = "signtest"        // the provider's probe: a signature known to be bad
	StaleFuture    Mode = "stale_future"    // genuine, but stamped 301 s ahead
	NoResource     Mode = "no_resource"     // a genuinely signed callback that says nothing
	CertSerial     Mode = "cert_serial"     // signed with the certificate's key, not the public key
	PreviousKey    Mode = "previous_key"    // encrypted with the key from before a rotation
	NotEnough      Mode = "not_enough"      // the merchant has no money to refund from

	SystemError Mode = "system_error" // done; answered as if nobody knew
	BadGateway  Mode = "bad_gateway"  // done; answered by a 502 in HTML
	NullAnswer  Mode = "null_answer"  // done; answered by an unsigned null
	SlowRefund  Mode = "slow_refund"  // the refund is not done at once but after the delay
	ExpiredURL  Mode = "expired_url"  // a bill's address no longer serves

	WrongChain   Mode = "wrong_chain"   // signed by a name-sake whose chain nobody trusts
	ExpiredCert  Mode = "expired_cert"  // signed with a certificate that is out of date
	MerchantCert Mode = "merchant_cert" // signed with the merchant's own certificate: right chain, wrong subject
	Declined     Mode = "declined"      // the payer's bank says no
	LateKept     Mode = "late_kept"     // money that came after the deadline stays
	LateReturned Mode = "late_returned" // it goes back by itself, and nobody is told

	// BadToken makes an ID token lie; Value: issuer, audience, expired, nonce, roles, none, hs256 or key.
	BadToken Mode = "bad_token"
)

// The modes of statements. BadHash, Garbage and what is wrong with a row are told
// as if they were true: only who compares finds them. WrongAmount is one of them too.
const (
	Missing    Mode = "missing"     // there is none for that day
	Making     Mode = "making"      // it is still being made
	BadHash    Mode = "bad_hash"    // it is not what its hash, or its signature, says
	Garbage    Mode = "garbage"     // truly the provider's, and yet not readable
	ExtraRow   Mode = "extra_row"   // a capture of Minor that no order has, under Number or a made-up one
	MissingRow Mode = "missing_row" // without the row of the payment or refund Number, or without the first
	WrongFee   Mode = "wrong_fee"   // its fee is Minor fen; 0: one more than twice the right one
)

var (
	calls   = []Op{Create, Query, Close, Refund, RefundQuery, Statement, Certificates}
	anyCall = append(slices.Clone(calls), Pay, Download, Login)
	signed  = append(slices.Clone(calls), Callback)
	// A bill's file is an answer like others, but for its signature.
	unsignedToo = append(slices.Clone(calls), Download)
	bills       = []Op{Statement, Download}
	allowed     = map[Mode][]Op{
		DropBefore: anyCall, DropAfter: anyCall, ErrorBefore: anyCall, ErrorAfter: anyCall,
		Hold: anyCall, Delay: anyCall, RateLimited: anyCall,
		BadSignature: calls, Redirect: unsignedToo, HugeBody: unsignedToo, BadJSON: unsignedToo,
		SayStatus:   {Query, Refund, RefundQuery},
		WrongAmount: {Pay, Statement}, PaidMeantime: {Close},
		Abnormal: {Refund}, ClosedNoFunds: {Refund}, StuckProcessing: {Refund, Pay},
		Lost: {Callback}, Double: {Callback}, Forged: {Callback}, Stale: signed,
		Late: {Callback}, Truncated: {Callback}, ForeignAccount: {Callback, Query},
		WrongSerial: signed, Unsigned: signed, UnsignedErrors: calls, SignTest: signed, StaleFuture: signed,
		NoResource: {Callback}, CertSerial: {Callback}, PreviousKey: {Callback},
		NotEnough: {Refund}, BadHash: bills,
		SystemError: calls, BadGateway: append(slices.Clone(calls), Login), NullAnswer: calls, SlowRefund: {Refund},
		Missing: {Statement}, Making: {Statement}, ExpiredURL: {Download},
		Garbage: bills, ExtraRow: {Statement}, MissingRow: {Statement}, WrongFee: {Statement},
		WrongChain: signed, ExpiredCert: signed, MerchantCert: signed,
		Declined: {Pay}, LateKept: {Pay}, LateReturned: {Pay}, BadToken: {Login},
	}

	// owners are the providers of modes that mean nothing to others.
	owners = map[Mode][]string{
		WrongSerial: {wechat, alipay}, Unsigned: {wechat, alipay, unionpay}, UnsignedErrors: {wechat, alipay},
		SignTest: {wechat}, StaleFuture: {wechat}, NoResource: {wechat}, CertSerial: {wechat},
		PreviousKey: {wechat}, ExpiredURL: {alipay},
		SystemError: {alipay}, BadGateway: {alipay}, NullAnswer: {alipay}, SlowRefund: {alipay},
		WrongChain: {unionpay}, ExpiredCert: {unionpay}, MerchantCert: {unionpay},
		Declined: {unionpay}, LateKept: {unionpay}, LateReturned: {unionpay}, BadToken: {oidc},
	}
)

const (
	wechat = "wechatpay"
	alipay = "alipay"

	unionpay = "unionpay"
	oidc     = "oidc"
)

// The most a rule may ask for.
const (
	maxMS    = 10 * 60 * 1000
	maxMinor = 10_000_000_000
)

// Rule spoils calls. Number may be that of an order or of a refund; empty matches
// all. With the modes of statements Value names the day, as 2006-01-02, empty being
// any, and Number the row that is meant. Count is how many calls, 0 meaning one and
// -1 all until cleared. Chance below 1 picks calls at random from the seeded source.
type Rule struct {
	ID       string  `json:"id"`
	Provider string  `json:"provider,omitempty"`
	Op       Op      `json:"op"`
	Number   string  `json:"number,omitempty"`
	Mode     Mode    `json:"mode"`
	Count    int     `json:"count"`
	MS       int64   `json:"ms,omitempty"`
	Minor    int64   `json:"minor,omitempty"`
	Value    string  `json:"value,omitempty"`
	Chance   float64 `json:"chance,omitempty"`
	Hits     int     `json:"hits"`
}

func (r Rule) check() error {
	ops, known := allowed[r.Mode]
	switch {
	case !known:
		return fmt.Errorf("no such mode: %q", r.Mode)
	case !slices.Contains(ops, r.Op):
		return fmt.Errorf("mode %s is not for op %q but for %v", r.Mode, r.Op, ops)
	case r.Provider != "" && !owned(r.Mode, r.Provider):
		return fmt.Errorf("mode %s is for %v only", r.Mode, owners[r.Mode])
	case r.Count < -1 || r.MS < 0 || r.MS > maxMS || r.Minor < 0 || r.Minor > maxMinor:
		return fmt.Errorf("count, ms or minor out of range (ms up to %d, minor up to %d)", maxMS, maxMinor)
	case r.Chance < 0 || r.Chance > 1:
		return fmt.Errorf("chance is between 0 and 1")
	case (r.Mode == Delay || r.Mode == Late) && r.MS == 0:
		return fmt.Errorf("mode %s needs ms", r.Mode)
	case (r.Mode == SayStatus || r.Mode == BadToken) && (r.Value == "" || len(r.Value) > 64):
		return fmt.Errorf("mode %s needs value", r.Mode)
	}
	return nil
}

// ofStatement says whether a rule is about what a statement says.
func (r Rule) ofStatement() bool {
	return r.Op == Statement && slices.Contains([]Mode{
		Missing, Making, BadHash, Garbage, ExtraRow, MissingRow, WrongAmount, WrongFee,
	}, r.Mode)
}

// matches is given the numbers of the call; a statement's is its day.
func (r Rule) matches(provider string, op Op, numbers []string) bool {
	named := r.Number
	if r.ofStatement() {
		named = r.Value
	}
	return r.Op == op && (r.Provider == "" || r.Provider == provider) && owned(r.Mode, provider) &&
		(named == "" || slices.Contains(numbers, named))
}

// owned says whether a mode means something to a provider.
func owned(mode Mode, provider string) bool {
	return owners[mode] == nil || slices.Contains(owners[mode], provider)
}
