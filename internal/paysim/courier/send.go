package courier

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"time"
)

// patience is how long a merchant may take to answer; it is not scaled, since
// the merchant's machine is not faster in a demo.
const patience = 5 * time.Second

// Result is a merchant's answer to one delivery; Status 0 means none came.
type Result struct {
	Status   int
	Accepted bool
	Note     string
}

// Letter is one delivery on its way.
type Letter struct {
	URL    string
	Header http.Header
	Body   []byte

	Patience time.Duration // how long the merchant may take; 0: as long as WeChat Pay waits
}

// Send posts a letter once and lets accepted judge what was answered, of which
// it sees 64 bytes.
func Send(ctx context.Context, client *http.Client, l Letter, accepted func(int, string) bool) Result {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(l.Patience, patience))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.URL, bytes.NewReader(l.Body))
	if err != nil {
		return Result{Note: "bad address"}
	}
	request.Header = l.Header
	response, err := client.Do(request)
	if err != nil {
		return Result{Note: "no answer"}
	}
	said, err := io.ReadAll(io.LimitReader(response.Body, 64))
	if closing := response.Body.Close(); err != nil || closing != nil {
		return Result{Status: response.StatusCode, Note: "answer broke off"}
	}
	if accepted(response.StatusCode, string(said)) {
		return Result{response.StatusCode, true, "accepted"}
	}
	return Result{response.StatusCode, false, "refused"}
}
