package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Remote drives a simulator by its /sim routes. Base has no slash at the end.
type Remote struct {
	Base     string
	Provider string
	Client   *http.Client
}

// Pay posts /sim/{provider}/pay.
func (d Remote) Pay(ctx context.Context, number string) error {
	return d.post(ctx, "/sim/"+d.Provider+"/pay", map[string]any{"number": number})
}

// PayWithCoupon posts /sim/{provider}/pay with coupon.
func (d Remote) PayWithCoupon(ctx context.Context, number string, fen int64) error {
	return d.post(ctx, "/sim/"+d.Provider+"/pay", map[string]any{"number": number, "coupon": fen})
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
