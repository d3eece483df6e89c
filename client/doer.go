package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPatience = 20 * time.Second
	defaultTries    = 4
	firstWait       = 250 * time.Millisecond
	longestWait     = 10 * time.Second // whoever must wait longer is told instead
	maxAnswer       = 4 << 20          // bytes
	keyHeader       = "Idempotency-Key"
)

// doer makes one call of as many tries as it takes. Repeating is safe: whatever creates carries an
// Idempotency-Key, which stays the same over all tries.
type doer struct {
	http     *http.Client
	key      string
	patience time.Duration
	tries    int
	pause    func(context.Context, time.Duration) error
}

func newDoer(key string, options Options) *doer {
	d := &doer{key: key, patience: options.Patience, tries: options.Tries, pause: options.Pause}
	d.http = &http.Client{
		Transport:     options.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if d.patience == 0 {
		d.patience = defaultPatience
	}
	if d.tries == 0 {
		d.tries = defaultTries
	}
	if d.pause == nil {
		d.pause = wait
	}
	return d
}

// Do is what the generated calls go through. Every status from 300 on is an error, a *Problem.
func (d *doer) Do(request *http.Request) (*http.Response, error) {
	request.Header.Set("Authorization", "Bearer "+d.key)
	request.Header.Set("User-Agent", "friendpay-go")
	if request.Method == http.MethodPost && request.Header.Get(keyHeader) == "" {
		request.Header.Set(keyHeader, rand.Text())
	}
	for try := 1; ; try++ {
		answer, err := d.once(request)
		next, again := d.again(try, answer, err)
		if !again || request.Context().Err() != nil {
			return answer, err
		}
		if stopped := d.pause(request.Context(), next); stopped != nil {
			return answer, err
		}
		if err := rewind(request); err != nil {
			return nil, err
		}
	}
}

// once tries, and keeps the whole answer, so that its time is up before the caller reads it. The answer of a
// refusal is returned beside it: its headers say when to come back.
func (d *doer) once(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(request.Context(), d.patience)
	defer cancel()
	answer, err := d.http.Do(request.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("reach friendpay: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read friendpay's answer: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if answer.StatusCode >= http.StatusMultipleChoices {
		return answer, problemOf(answer, body)
	}
	return answer, nil
}

// again says whether another try makes sense, and after which wait.
func (d *doer) again(try int, answer *http.Response, err error) (time.Duration, bool) {
	if err == nil || try >= d.tries {
		return 0, false
	}
	if answer == nil { // lost on the way, there or back: the key makes it one call
		return backoff(try), true
	}
	inFlight := AsProblem(err).Reason == "key_in_flight" // our own first try, still at it
	switch answer.StatusCode {
	case http.StatusConflict:
		return asked(answer, backoff(try)), inFlight && asked(answer, 0) <= longestWait
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return asked(answer, backoff(try)), asked(answer, 0) <= longestWait
	}
	return 0, false
}

// asked is the wait that the answer asks for.
func asked(answer *http.Response, otherwise time.Duration) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(answer.Header.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return otherwise
	}
	return time.Duration(seconds) * time.Second
}

func backoff(try int) time.Duration { return min(firstWait<<(try-1), longestWait) }

func wait(ctx context.Context, span time.Duration) error {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func rewind(request *http.Request) (err error) {
	if request.GetBody != nil {
		request.Body, err = request.GetBody()
	}
	return err
}
