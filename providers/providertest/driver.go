package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/providers"
)

// Remote drives a simulator by its /sim routes. Base has no slash at the end.
type Remote struct {
	Base     string
	Provider string
	Client   *http.Client
	// Cashier is the address that a code or a bridge leads to; nil where no order
	// waits for its payer to come.
	Cashier func(shown providers.Presentation) string
}

// Open goes where a presentation leads, as a browser or a phone would.
func (d Remote) Open(ctx context.Context, shown providers.Presentation) error {
	address, method, body := shown.URL, http.MethodGet, ""
	switch shown.Kind {
	case providers.QR, providers.Bridge:
		address = d.Cashier(shown)
	case providers.Form:
		form := url.Values{}
		for name, value := range shown.Fields {
			form.Set(name, value)
		}
		method, body = http.MethodPost, form.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := d.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the cashier answers %d", response.StatusCode)
	}
	return nil
}

// Pay posts /sim/{provider}/pay.
func (d Remote) Pay(ctx context.Context, number string) error {
	return d.post(ctx, "/sim/"+d.Provider+"/pay", map[string]any{"number": number})
}

// PayLate posts /sim/{provider}/pay with late.
func (d Remote) PayLate(ctx context.Context, number string) error {
	return d.post(ctx, "/sim/"+d.Provider+"/pay", map[string]any{"number": number, "late": true})
}

// FinishRefund posts /sim/{provider}/refunds.
func (d Remote) FinishRefund(ctx context.Context, number, state string) error {
	return d.post(ctx, "/sim/"+d.Provider+"/refunds", map[string]any{"number": number, "state": state})
}

// Fault posts /sim/faults for this provider.
func (d Remote) Fault(ctx context.Context, fault Fault) error {
	fault.Provider = d.Provider
	return d.post(ctx, "/sim/faults", fault)
}

// ClearFaults deletes /sim/faults.
func (d Remote) ClearFaults(ctx context.Context) error {
	_, err := d.do(ctx, http.MethodDelete, "/sim/faults", nil)
	return err
}

// Journal gets /sim/journal of one order, 10,000 entries at most.
func (d Remote) Journal(ctx context.Context, number string) ([]Effect, error) {
	answer, err := d.do(ctx, http.MethodGet, "/sim/journal?limit=10000&number="+number, nil)
	if err != nil {
		return nil, err
	}
	var page struct{ Entries []Effect }
	if err := json.Unmarshal(answer, &page); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return page.Entries, nil
}

func (d Remote) post(ctx context.Context, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = d.do(ctx, http.MethodPost, path, text)
	return err
}

func (d Remote) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, d.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := d.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("simulator: %s %s: %d %s", method, path, response.StatusCode, answer)
	}
	return answer, nil
}
