package mockpay

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// callbackTimeout is how long a merchant may take to answer; it is not scaled,
// since the merchant's machine is not faster in a demo.
const callbackTimeout = 5 * time.Second

// result is a merchant's answer to one delivery; status 0 means none came.
type result struct {
	status   int
	accepted bool
	note     string
}

// dispatch posts an event once. Only 200 with the body OK counts as accepted.
func (p *Provider) dispatch(ctx context.Context, e *event, mode faults.Mode) result {
	ctx, cancel := context.WithTimeout(ctx, callbackTimeout)
	defer cancel()
	header, body := p.envelope(e, mode)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return result{note: "bad address"}
	}
	request.Header = header
	response, err := p.deps.Client.Do(request)
	if err != nil {
		return result{note: "no answer"}
	}
	said, err := io.ReadAll(io.LimitReader(response.Body, 64))
	if closing := response.Body.Close(); err != nil || closing != nil {
		return result{status: response.StatusCode, note: "answer broke off"}
	}
	if response.StatusCode == http.StatusOK && string(said) == "OK" {
		return result{response.StatusCode, true, "accepted"}
	}
	return result{response.StatusCode, false, "refused"}
}

// envelope signs an event anew for each delivery, or spoils it as asked.
func (p *Provider) envelope(e *event, mode faults.Mode) (http.Header, []byte) {
	account, body, at := p.byMerchant[e.Merchant], []byte(e.Body), p.deps.Pace.Now()
	secret, sent := account.CallbackSecret, body
	switch mode {
	case faults.Forged:
		secret += "?"
	case faults.Stale:
		at = at.Add(-301 * time.Second)
	case faults.Truncated:
		sent = body[:len(body)/2]
	case faults.ForeignAccount:
		other := p.another(account)
		secret = other.CallbackSecret
		body = claim(body, map[string]any{"merchant": other.Merchant, "app_id": other.AppID})
		sent = body
	default: // the other modes leave the letter as it is
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "mockpay-callback/1")
	header.Set("Mockpay-Event", e.ID)
	header.Set("Mockpay-Timestamp", stamp)
	header.Set("Mockpay-Signature", sum(secret, e.ID, stamp, string(body)))
	return header, sent
}

// another is a second account of this simulator, or an invented one.
func (p *Provider) another(account Account) Account {
	for _, other := range p.deps.Accounts {
		if other.Merchant != account.Merchant {
			return other
		}
	}
	return Account{AppID: "foreign", Merchant: "foreign", CallbackSecret: "a-secret-of-somebody-else"}
}
