package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/friendpay/friendpay/internal/local"
)

// sim works the simulator as the world would, on a road that no fault touches.
func (t *town) sim(ctx context.Context, path string, body any) bool {
	text, err := json.Marshal(body)
	return err == nil && reached(ctx, t.house.SimURL+path, "application/json", bytes.NewReader(text))
}

// reached posts something and says whether it was taken.
func reached(ctx context.Context, address, kind string, body io.Reader) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", kind)
	answer, err := wire.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close() // nothing is read of it
	return answer.StatusCode < http.StatusBadRequest
}

// capture takes money for an order whatever its state.
func (l *life) capture(ctx context.Context, number string) bool {
	provider := "mockpay"
	if l.channel != local.DemoChannel {
		provider = "wechatpay"
	}
	return l.sim(ctx, "/sim/"+provider+"/capture", map[string]string{"number": number})
}

// code reads the newest one-time code that was sent to a phone.
func (t *town) code(ctx context.Context, phone string) (string, error) {
	address := t.house.SimURL + "/sim/sms?to=" + url.QueryEscape(phone)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := wire.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var inbox struct {
		Messages []struct {
			Params map[string]string `json:"params"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&inbox); err != nil {
		return "", fmt.Errorf("read the texts: %w", err)
	}
	for _, m := range slices.Backward(inbox.Messages) {
		if code := m.Params["code"]; code != "" {
			return code, nil
		}
	}
	return "", fmt.Errorf("no code was sent")
}
