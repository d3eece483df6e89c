package desk

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// hugeBody is how much blank the fault of that name puts before an answer.
const hugeBody = 8 << 20

// Encode is for what always marshals: strings, numbers and times of this age. If
// it did not, the simulator would no longer be the truth and must not go on.
func Encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// Claim changes members of an answer that is about to be signed.
func Claim(body []byte, lies map[string]any) []byte {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	for name, value := range lies {
		members[name] = value
	}
	return Encode(members)
}

// Garble spoils the bytes of an answer whatever the protocol.
func Garble(body []byte, mode faults.Mode) []byte {
	switch mode {
	case faults.HugeBody:
		return append(bytes.Repeat([]byte(" "), hugeBody), body...)
	case faults.BadJSON:
		return body[:len(body)/2]
	default:
		return body
	}
}

// Reply answers a program in JSON, without a signature.
func Reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(Encode(body)) // the caller may be gone
}

// WebAddress says whether raw is an absolute http address of at most limit bytes.
func WebAddress(raw string, limit int) bool {
	u, err := url.Parse(raw)
	return err == nil && len(raw) <= limit && (u.Scheme == "http" || u.Scheme == "https") &&
		u.Host != "" && u.User == nil
}

// Origin is how the caller reached the simulator.
func Origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
