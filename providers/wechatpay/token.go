package wechatpay

import (
	"context"
	"sync"
	"time"
)

// early is how long before its end a token is not used any more.
const early = 5 * time.Minute

// apiToken is the token of an app at WeChat's server API, asked for when it is needed.
type apiToken struct {
	turn chan struct{} // whoever asks; others wait for the answer

	mu    sync.Mutex
	value string
	until time.Time
	used  time.Time
}

// token is kept by app and secret, as certificates are by account: adapters are opened anew every now and
// then, and WeChat counts what is asked for.
func (s *shelves) token(a *Adapter) *apiToken {
	key := fingerprint(a.oauthAPI.String(), a.AppID, a.AppSecret)
	s.mu.Lock()
	defer s.mu.Unlock()
	for known, t := range s.tokens {
		if t.idle() > unused {
			delete(s.tokens, known)
		}
	}
	if s.tokens[key] == nil {
		s.tokens[key] = &apiToken{turn: make(chan struct{}, 1), used: time.Now()}
	}
	return s.tokens[key]
}

func (t *apiToken) idle() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.used)
}

func (t *apiToken) kept() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used = time.Now()
	if !t.used.Before(t.until) {
		return ""
	}
	return t.value
}

// get gives the token that is kept, or a new one; refused says that WeChat does not believe the kept one.
// One at a time asks, and who waited meanwhile takes what came.
func (t *apiToken) get(
	ctx context.Context, refused bool, fetch func(context.Context, bool) (said, error),
) (string, error) {
	before := t.kept()
	if before != "" && !refused {
		return before, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", noAnswer(ctx, "message", ctx.Err())
	}
	if now := t.kept(); now != "" && now != before {
		return now, nil
	}
	came, err := fetch(ctx, refused)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	life := time.Duration(came.Expires) * time.Second
	t.value, t.until = came.Token, time.Now().Add(life-min(early, life/2))
	return t.value, nil
}
