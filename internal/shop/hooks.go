package shop

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/friendpay/friendpay/client"
)

// hookPath is where friendpay sends webhooks.
const hookPath = "/shop/webhooks"

// heartbeat is how often a quiet stream says that it lives.
const heartbeat = 15 * time.Second

// Listen registers the shop's endpoint and learns the secret that proves webhooks. An endpoint of an earlier
// run at this address gets a new secret; one at another address of then is forgotten.
func (s *Shop) Listen(ctx context.Context) error {
	listed, err := s.API.ListEndpointsWithResponse(ctx, &client.ListEndpointsParams{App: &s.App})
	if err != nil {
		return fmt.Errorf("list the shop's endpoints: %w", err)
	}
	if listed.JSON200 == nil {
		return errBadAnswer
	}
	own := ""
	for _, endpoint := range listed.JSON200.Endpoints {
		at, err := url.Parse(endpoint.URL)
		if err != nil || at.Path != hookPath {
			continue
		}
		if endpoint.URL == s.URL+hookPath {
			own = endpoint.ID
		} else if _, err := s.API.DeleteEndpointWithResponse(ctx, endpoint.ID); err != nil {
			return fmt.Errorf("forget an endpoint of an earlier run: %w", err)
		}
	}
	secret, err := s.secret(ctx, own)
	if err != nil {
		return err
	}
	s.hooks.Store(&client.Webhooks{Secrets: []string{secret}, Clock: s.Clock})
	return nil
}

// secret is the fresh secret of the endpoint, which is made when there is none.
func (s *Shop) secret(ctx context.Context, own string) (string, error) {
	var made *client.EndpointView
	if own == "" {
		answer, err := s.API.CreateEndpointWithResponse(ctx,
			&client.CreateEndpointParams{IdempotencyKey: rand.Text()},
			client.NewEndpointInBody{App: &s.App, URL: s.URL + hookPath})
		if err != nil {
			return "", fmt.Errorf("make the shop's endpoint: %w", err)
		}
		made = answer.JSON201
	} else {
		answer, err := s.API.RotateEndpointSecretWithResponse(ctx, own,
			&client.RotateEndpointSecretParams{IdempotencyKey: rand.Text()}, client.RotateInBody{})
		if err != nil {
			return "", fmt.Errorf("renew the shop's secret: %w", err)
		}
		if _, err := s.API.EnableEndpointWithResponse(ctx, own); err != nil {
			return "", fmt.Errorf("enable the shop's endpoint: %w", err)
		}
		made = answer.JSON200
	}
	if made == nil || made.Secret == nil {
		return "", errBadAnswer
	}
	return *made.Secret, nil
}

// takeWebhook believes what is signed by the endpoint's secret, and writes it down before it answers.
func (s *Shop) takeWebhook(w http.ResponseWriter, r *http.Request) {
	s.hooks.Load().Handler(func(_ *http.Request, e client.Event) error {
		s.book.take(e.ID, e.Data)
		return nil
	}).ServeHTTP(w, r)
}

// stream tells the buyer's page that its request has changed, as webhooks come, or one of its links, as
// friendpay's stream of them tells: no webhook is sent for each touch of a link. What came between the
// drawing of the page and now is told at once.
func (s *Shop) stream(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	after, ok := lastSeen(r)
	if !ok {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	news, leave, ok := s.book.follow(id)
	if !ok {
		http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
		return
	}
	defer leave()
	buyer, err := s.asBuyer(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	now, err := buyer.Show(r.Context(), id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := &pipe{w: w, control: http.NewResponseController(w)}
	if out.open() != nil || now.Seq > after.seq && out.tell(place{now.Seq, after.version}) != nil {
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	links := make(chan int64)
	go func() {
		defer close(links) // refused for good, as when the token has run out: the browser comes again
		_ = buyer.WatchInvites(ctx, id, after.version, func(v client.InvitesView) error {
			select {
			case links <- v.Version:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	s.pass(ctx, out, news, links, place{max(after.seq, now.Seq), after.version})
}

// pass tells what is newer than what the page shows, until the reader goes.
func (s *Shop) pass(
	ctx context.Context, out *pipe, news <-chan client.NoticeData, links <-chan int64, after place,
) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case told := <-news:
			if told.Seq <= after.seq {
				continue
			}
			if after.seq = told.Seq; out.tell(after) != nil {
				return
			}
		case version, more := <-links:
			if after.version = version; !more || out.tell(after) != nil {
				return
			}
		case <-beat.C:
			if out.send(": still here\n\n") != nil {
				return
			}
		case <-s.book.closed:
			return
		case <-ctx.Done():
			return
		}
	}
}
