package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/store"
)

// minted is the id of what this call creates: the same over all calls under its key.
func minted(ctx context.Context) string {
	id, _ := ctx.Value(mintedKey).(string)
	return id
}

// once gives a later call under a key the first one's answer. What an answer
// creates is named before it is created, so that a call repeated after a crash
// goes on with the same name.
func (s *Server) once(r route, next echo.HandlerFunc) echo.HandlerFunc {
	if r.creates == "" {
		return next
	}
	return func(c echo.Context) error {
		key, err := readKey(c.Request(), r)
		if err != nil {
			return err
		}
		if r.who == staff && isTrial(c.Request()) {
			return next(c) // it does nothing: the key is still good for what is meant
		}
		ctx := c.Request().Context()
		state, err := s.Store.BeginKey(ctx, key)
		if err != nil {
			return fmt.Errorf("begin the key: %w", err)
		}
		if state.Done {
			c.Response().Header().Set(replayedHeader, "true")
			return c.Blob(state.Status, state.ContentType, state.Body)
		}
		c.SetRequest(c.Request().WithContext(context.WithValue(ctx, mintedKey, state.Resource)))
		return s.first(c, key, call{r, next})
	}
}

// call is a route and the handler that answers it.
type call struct {
	route route
	next  echo.HandlerFunc
}

// first answers the first call under a key, or one whose forerunner failed.
func (s *Server) first(c echo.Context, key store.Key, call call) error {
	var answer store.Answer
	kept := false
	defer func() {
		if !kept { // also after a panic; the lease would end by itself, only later
			s.release(c.Request().Context(), key)
		}
	}()
	err := s.around(c, call.route, func(rows keyStore) (err error) {
		answer = s.record(c, call.next)
		if call.route.rows && answer.Status >= http.StatusBadRequest {
			return errUndone
		}
		answer, kept, err = keep(c.Request().Context(), rows, key, answer)
		return err
	})
	if errors.Is(err, errUndone) {
		answer, kept, err = keep(c.Request().Context(), s.Store, key, answer)
	}
	if err != nil {
		kept = false
		return err
	}
	return c.Blob(answer.Status, answer.ContentType, answer.Body)
}

// errUndone rolls a refused call's rows back.
var errUndone = errors.New("the call was refused")

// keep stores a final answer and returns what is to be sent: the first one kept.
func keep(
	ctx context.Context, rows keyStore, key store.Key, answer store.Answer,
) (store.Answer, bool, error) {
	if !final(answer.Status) {
		return answer, false, nil
	}
	state, err := rows.FinishKey(ctx, key.Principal, key.Value, answer)
	if err != nil {
		return answer, false, fmt.Errorf("keep the answer: %w", err)
	}
	return store.Answer{Status: state.Status, ContentType: state.ContentType, Body: state.Body}, true, nil
}

func (s *Server) release(ctx context.Context, key store.Key) {
	ctx = context.WithoutCancel(ctx)
	if err := s.Store.ReleaseKey(ctx, key.Principal, key.Value); err != nil {
		s.Log.WarnContext(ctx, "key not released", "call", callID(ctx), "error", err)
	}
}

// around runs do in one transaction when all that the route does is rows.
func (s *Server) around(c echo.Context, r route, do func(keyStore) error) error {
	if !r.rows {
		return do(s.Store)
	}
	ctx := c.Request().Context()
	return s.Store.WithTx(ctx, func(tx *store.Store) error {
		c.SetRequest(c.Request().WithContext(context.WithValue(ctx, txKey, Store(tx))))
		return do(tx)
	})
}

// final says that an answer holds for good: repeating the call could not change
// it. The work behind a 202 goes on, and trouble of ours may pass.
func final(status int) bool {
	return status < http.StatusInternalServerError && status != http.StatusAccepted &&
		status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
}

// record runs the handler and keeps what it would have sent.
func (s *Server) record(c echo.Context, next echo.HandlerFunc) store.Answer {
	outer := c.Response()
	recorder := &recorder{header: outer.Header()}
	c.SetResponse(echo.NewResponse(recorder, s.echo))
	defer c.SetResponse(outer)
	if err := next(c); err != nil {
		s.answerError(err, c)
	}
	return store.Answer{
		Status: recorder.status, ContentType: outer.Header().Get(echo.HeaderContentType),
		Body: recorder.body.Bytes(),
	}
}

// recorder is a response that is kept instead of sent.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
