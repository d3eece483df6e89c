package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// answerKept is how much of an answer is kept, in bytes.
const answerKept = 4 << 10

// Report is how one try to deliver a message went.
type Report struct {
	At      time.Time
	Took    time.Duration     // until the answer was read, or it was clear that none comes
	Status  int               // 0: no answer
	Headers map[string]string // of what was sent, without its signatures
	Answer  string            // the first 4 kB of what came back
	Err     error             // nil: it was taken, with any 2xx; ErrGone for a 410
}

// Deliver sends a message once and says all about it.
func (c *Client) Deliver(ctx context.Context, to Endpoint, message Message) Report {
	report := Report{At: c.clock()}
	began := time.Now()
	answer, err := c.post(ctx, to, message)
	if err != nil {
		report.Err, report.Took = err, time.Since(began)
		return report
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, answerKept)) // half an answer is one, too
	report.Took, report.Status, report.Answer = time.Since(began), answer.StatusCode, legible(body)
	report.Headers, report.Err = sentHeaders(answer.Request), verdict(answer.StatusCode)
	return report
}

// sentHeaders are those of a call. A signature is a proof of the secret for as long as its time
// is fresh: it is not kept.
func sentHeaders(sent *http.Request) map[string]string {
	kept := map[string]string{}
	for _, name := range []string{
		"Content-Type", "User-Agent", standard.HeaderWebhookID, standard.HeaderWebhookTimestamp,
	} {
		kept[strings.ToLower(name)] = sent.Header.Get(name)
	}
	return kept
}

// legible is text that a database takes: UTF-8 without NUL.
func legible(body []byte) string {
	text := strings.ReplaceAll(string(body), "\x00", "")
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// whyKept is how much of an error is kept, in bytes: a receiver's nonsense may be in it.
const whyKept = 300

// Why says in a few words why a try failed, without the address.
func Why(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	default:
		words := err.Error()
		return legible([]byte(words[:min(len(words), whyKept)]))
	}
}
