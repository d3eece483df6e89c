package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const (
	keyHeader      = "Idempotency-Key" // as the IETF draft names it
	replayedHeader = "Idempotency-Replayed"
	maxKey         = 255

	// mintsNumber is a route's creates that mints a provider number instead of an id.
	mintsNumber = "number"
)

func idempotencyParameter() *huma.Param {
	return &huma.Param{
		Name: keyHeader, In: "header", Required: true,
		Description: "Your own name for this call, quoted or bare. Missing or malformed: 400. The same key with " +
			"another body: 422. While the first call is being answered: 409. Kept for 24 hours.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: ptr(1), MaxLength: ptr(maxKey)},
	}
}

func ptr[T any](v T) *T { return &v }

func readKey(r *http.Request, route route) (store.Key, error) {
	value, err := parseKey(r.Header.Values(keyHeader))
	if err != nil {
		return store.Key{}, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return store.Key{}, fmt.Errorf("read the body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	fingerprint := sha256.Sum256(append([]byte(r.Method+"\n"+r.URL.Path+"\n"), body...))
	resource := mint.ID(route.creates)
	if route.creates == mintsNumber {
		resource = mint.Number()
	}
	return store.Key{
		Principal: caller(r.Context()).id(), Value: value, Fingerprint: fingerprint[:], Resource: resource,
	}, nil
}

// isTrial says that a colleague only wants to see what a change would do. A body that
// cannot be read is for the handler to refuse.
func isTrial(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var told struct {
		DryRun bool `json:"dry_run"`
	}
	return err == nil && json.Unmarshal(body, &told) == nil && told.DryRun
}

// parseKey reads the header as the draft's quoted string, or bare as most
// clients send it: visible ASCII, 1 to 255 characters.
func parseKey(values []string) (string, error) {
	if len(values) != 1 {
		return "", badKey("Send exactly one Idempotency-Key with every call that creates.")
	}
	key := strings.TrimSpace(values[0])
	if strings.HasPrefix(key, `"`) {
		if len(key) < 2 || !strings.HasSuffix(key, `"`) {
			return "", badKey("The quote of the Idempotency-Key is not closed.")
		}
		key = key[1 : len(key)-1]
	}
	plain := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	if key == "" || len(key) > maxKey || strings.ContainsFunc(key, plain) {
		return "", badKey("An Idempotency-Key is 1 to 255 visible ASCII characters without quotes.")
	}
	return key, nil
}

func badKey(detail string) *Problem {
	p := newProblem(http.StatusBadRequest, models.Invalid, "bad_idempotency_key", detail)
	p.Field = keyHeader
	p.Fix = "A random UUID for each thing you create, the same over retries."
	return p
}
