package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// provider works the simulator as the world would: people press its button,
// accidents happen, and its journal says what truly was.
type provider struct {
	http http.Client
	base string
	name string
}

// entry is a line of the journal.
type entry struct {
	Kind   string `json:"kind"`
	Number string `json:"number"`
	Minor  int64  `json:"minor"`
	Status int    `json:"status"`
}

// fault is a switch of the simulator: the next Count calls of Op go wrong as Mode.
type fault struct {
	Provider string `json:"provider,omitempty"`
	Op       string `json:"op"`
	Mode     string `json:"mode"`
	Number   string `json:"number,omitempty"`
	Count    int    `json:"count,omitempty"`
	MS       int64  `json:"ms,omitempty"`
	Value    string `json:"value,omitempty"`
	Minor    int64  `json:"minor,omitempty"`
}

func (p *provider) spoil(ctx context.Context, f fault) error {
	return post(ctx, &p.http, p.base+"/sim/faults", nil, f, nil)
}

func (p *provider) mend(ctx context.Context) error {
	return call(ctx, &p.http, http.MethodDelete, p.base+"/sim/faults", nil, nil, nil)
}

func (p *provider) release(ctx context.Context) error {
	return post(ctx, &p.http, p.base+"/sim/faults/release", nil, struct{}{}, nil)
}

// pay is a person paying, led by what the pay page showed.
func (p *provider) pay(ctx context.Context, how map[string]any) error {
	return post(ctx, &p.http, p.base+"/sim/"+p.name+"/pay", nil, how, nil)
}

// capture takes money for an order whatever its state: what a provider does
// when a payment and a close cross each other.
func (p *provider) capture(ctx context.Context, number string) error {
	return post(ctx, &p.http, p.base+"/sim/"+p.name+"/capture", nil, map[string]string{"number": number}, nil)
}

// repay ends a refund that is stuck: the money is with the payer now.
func (p *provider) repay(ctx context.Context, refund string) error {
	done := map[string]string{"number": refund, "state": "done"}
	return post(ctx, &p.http, p.base+"/sim/"+p.name+"/refunds", nil, done, nil)
}

// journal reads what the provider did about an order.
func (p *provider) journal(ctx context.Context, number string) ([]entry, error) {
	var answer struct {
		Entries []entry `json:"entries"`
	}
	address := p.base + "/sim/journal?number=" + url.QueryEscape(number)
	err := call(ctx, &p.http, http.MethodGet, address, nil, nil, &answer)
	return answer.Entries, err
}

// count is how many of the entries are of a kind.
func count(entries []entry, kind string) int {
	n := 0
	for _, e := range entries {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// money sums what the provider took and gave back for the given orders.
func (p *provider) money(ctx context.Context, numbers []string) (captured, refunded int64, err error) {
	for _, number := range numbers {
		var totals struct {
			Captured int64 `json:"captured"`
			Refunded int64 `json:"refunded"`
		}
		address := p.base + "/sim/totals?number=" + url.QueryEscape(number)
		if err := call(ctx, &p.http, http.MethodGet, address, nil, nil, &totals); err != nil {
			return 0, 0, err
		}
		captured, refunded = captured+totals.Captured, refunded+totals.Refunded
	}
	return captured, refunded, nil
}

// text is one message that the gateway was given.
type text struct {
	Template string            `json:"template"`
	Params   map[string]string `json:"params"`
}

// texts lists the messages to a phone, oldest first.
func (p *provider) texts(ctx context.Context, phone string) ([]text, error) {
	var answer struct {
		Messages []text `json:"messages"`
	}
	err := call(ctx, &p.http, http.MethodGet, p.base+"/sim/sms?to="+url.QueryEscape(phone), nil, nil, &answer)
	return answer.Messages, err
}

// code reads the newest one-time code that was sent to a phone.
func (p *provider) code(ctx context.Context, phone string) (string, error) {
	messages, err := p.texts(ctx, phone)
	if err != nil {
		return "", err
	}
	for _, m := range slices.Backward(messages) {
		if code := m.Params["code"]; code != "" {
			return code, nil
		}
	}
	return "", fmt.Errorf("no code was sent to %s", phone)
}
