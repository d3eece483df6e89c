package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

func TestAKeyGivesTheSameAnswerAgain(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	w.pay(id)
	for name, c := range map[string]struct{ path, body, other string }{
		"place":  {"/v1/requests", `{"order":` + orderBody("A1") + `}`, `{"order":` + orderBody("A2") + `}`},
		"order":  {"/v1/orders", orderBody("B1"), orderBody("B2")},
		"refund": {"/v1/requests/" + id + "/refunds", `{"amount":{"minor":100,"currency":"CNY"}}`, `{}`},
		"invite": {"/v1/requests/" + w.place() + "/invites", `{"label":"mum"}`, `{"label":"dad"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := "key-" + name
			first := w.call(post, c.path, teaKey, c.body, keyHeader, key)
			require.Equal(t, http.StatusCreated, first.Code, first.Body)
			require.Empty(t, first.Header().Get(replayedHeader))
			again := w.call(post, c.path, teaKey, c.body, keyHeader, `"`+key+`"`)
			require.Equal(t, "true", again.Header().Get(replayedHeader))
			require.Equal(t, first.Code, again.Code)
			require.Equal(t, first.Body.String(), again.Body.String())
			require.Equal(t, first.Header().Get("Content-Type"), again.Header().Get("Content-Type"))

			other := w.call(post, c.path, teaKey, c.other, keyHeader, key)
			require.Equal(t, http.StatusUnprocessableEntity, other.Code, other.Body)
			require.Equal(t, "key_reused", other.text("reason"))
		})
	}
}

func TestARefundIsAskedForOnce(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	w.pay(id)
	for range 3 {
		got := w.call(post, "/v1/requests/"+id+"/refunds", teaKey, `{}`, keyHeader, "k")
		require.Equal(t, http.StatusCreated, got.Code, got.Body)
	}
	request, err := w.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, request.Refunds, 1)
}

func TestKeysOfTwoPrincipalsNeverMeet(t *testing.T) {
	w := newWorld(t)
	body := `{"order":` + orderBody("A1") + `}`
	first := w.call(post, "/v1/requests", teaKey, body, keyHeader, "k")
	require.Equal(t, http.StatusCreated, first.Code, first.Body)
	other := w.call(post, "/v1/requests", coffeeKey, body, keyHeader, "k")
	require.Equal(t, http.StatusNotFound, other.Code, other.Body)
	require.NotContains(t, other.Body.String(), first.text("id"))
}

func TestMalformedKeys(t *testing.T) {
	w := newWorld(t)
	body := `{"order":` + orderBody("A1") + `}`
	for _, key := range []string{
		"", " ", `""`, `"open`, "two words", "é", "a\"b", `back\slash`, strings.Repeat("k", 256),
	} {
		got := w.call(post, "/v1/requests", teaKey, body, keyHeader, key)
		require.Equal(t, http.StatusBadRequest, got.Code, "%q: %s", key, got.Body)
		require.Equal(t, "bad_idempotency_key", got.text("reason"))
		require.NotContains(t, got.Body.String(), "back")
	}
	missing := w.call(post, "/v1/requests", teaKey, body)
	require.Equal(t, http.StatusBadRequest, missing.Code, missing.Body)
}

func TestOneEffectHoweverManyCall(t *testing.T) {
	w := newWorld(t)
	body := `{"order":` + orderBody("A1") + `}`
	answers := make([]answer, 12)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() { answers[i] = w.call(post, "/v1/requests", teaKey, body, keyHeader, "k") })
	}
	calls.Wait()
	bodies := map[string]bool{}
	for _, got := range answers {
		if got.Code == http.StatusConflict {
			require.Equal(t, "key_in_flight", got.text("reason"))
			require.NotEmpty(t, got.Header().Get("Retry-After"))
			continue
		}
		require.Equal(t, http.StatusCreated, got.Code, got.Body)
		bodies[got.Body.String()] = true
	}
	require.Len(t, bodies, 1)
}

// A call that failed is repeated at once, and goes on with the id it had.
func TestAFailedCallGoesOnUnderItsId(t *testing.T) {
	w := newWorld(t)
	w.door.fail = models.Refuse(models.Unavailable, "engine_unavailable", "Try again.")
	body := `{"order":` + orderBody("A1") + `}`
	down := w.call(post, "/v1/requests", teaKey, body, keyHeader, "k")
	require.Equal(t, http.StatusServiceUnavailable, down.Code, down.Body)
	w.door.fail = nil
	up := w.call(post, "/v1/requests", teaKey, body, keyHeader, "k")
	require.Equal(t, http.StatusCreated, up.Code, up.Body)
	list := w.call(get, "/v1/requests", teaKey, "")
	require.Len(t, list.field("requests"), 1)
}

func TestABugGivesTheKeyBack(t *testing.T) {
	w := newWorld(t)
	door := &panickyDoor{Door: w.door}
	w.server.Door = door
	body := `{"order":` + orderBody("A1") + `}`
	broken := w.call(post, "/v1/requests", teaKey, body, keyHeader, "k")
	require.Equal(t, http.StatusInternalServerError, broken.Code, broken.Body)
	require.NotContains(t, broken.Body.String(), "canary")
	require.Contains(t, w.log.String(), "canary")
	door.calm = true
	require.Equal(t, http.StatusCreated, w.call(post, "/v1/requests", teaKey, body, keyHeader, "k").Code)
}

type panickyDoor struct {
	Door
	calm bool
}

func (d *panickyDoor) Place(ctx context.Context, r models.Request) (models.Request, error) {
	if !d.calm {
		panic("canary")
	}
	return d.Door.Place(ctx, r)
}

func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"k", `"k"`, `"`, "", "\x00", "ключ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		key, err := parseKey([]string{raw})
		if err == nil && (key == "" || len(key) > maxKey || strings.ContainsAny(key, "\" \n\x00\\")) {
			t.Fatalf("%q became %q", raw, key)
		}
	})
}
