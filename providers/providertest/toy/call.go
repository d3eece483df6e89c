package toy

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

const (
	patience  = 10 * time.Second // for callers who set no deadline
	maxAnswer = 1 << 20
)

// asked is the body of every call; amounts are in fen, times in milliseconds.
type asked struct {
	Number  string `json:"number"`
	Order   string `json:"order"` // of a refund
	Product string `json:"product"`
	Minor   int64  `json:"minor"`
	Subject string `json:"subject"`
	Expires int64  `json:"expires"`
	Notify  string `json:"notify"`
	Day     string `json:"day"`
	After   int    `json:"after"`
}

// answer is the body of every answer; Code is why it went wrong.
type answer struct {
	Code        string
	Account     string
	Number      string
	Status      string
	Minor       int64
	Transaction string
	At          int64
	Scan        string
	Lines       []line
	Next        int
}

// line is one of a statement.
type line struct {
	Kind, Number, Refund, Transaction string
	Minor, Fee, At                    int64
}

// sign is the hexadecimal HMAC-SHA256 of the parts, one a line.
func (a *Adapter) sign(parts ...string) string {
	mac := hmac.New(sha256.New, []byte(a.settings.Secret))
	mac.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// call signs, sends, verifies and reads. An answer is signed together with this
// call's nonce: no other can be put in its place, so that it needs no time.
func (a *Adapter) call(ctx context.Context, op string, wanted asked) (said answer, err error) {
	body, err := json.Marshal(wanted)
	if err != nil {
		return said, failed(providers.Definite, op, "REQUEST")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	address := a.settings.BaseURL + "/toy/" + op
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return said, failed(providers.Definite, op, "REQUEST")
	}
	nonce := rand.Text()
	request.Header.Set("Toy-Nonce", nonce)
	request.Header.Set("Toy-Sign", a.sign(op, nonce, string(body)))
	response, err := a.client.Do(request)
	if err != nil {
		wire := failed(providers.Ambiguous, op, "WIRE")
		wire.Err = err
		return said, wire
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	status := strconv.Itoa(response.StatusCode)
	if err != nil || !same(response.Header.Get("Toy-Sign"), a.sign(nonce, status, string(text))) {
		return said, failed(providers.Ambiguous, op, status)
	}
	err = json.Unmarshal(text, &said)
	switch {
	case response.StatusCode != http.StatusOK && said.Code != "":
		return said, failed(providers.ClassOfStatus(response.StatusCode), op, said.Code)
	case err != nil || response.StatusCode != http.StatusOK || said.Number != wanted.Number+wanted.Day:
		return said, failed(providers.Ambiguous, op, "ANSWER")
	}
	return said, nil
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

func failed(class providers.Class, op, code string) *providers.Error {
	return &providers.Error{Class: class, Op: op, Code: code, Message: "the toy says no, or nothing"}
}

// said says whether a call was refused, verifiably, with this code.
func said(err error, code string) bool {
	var known *providers.Error
	return errors.As(err, &known) && known.Code == code
}
