package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"
)

// asDescribed holds an answer to its description, which is an allow-list: a member
// that is not described, like a status that is not, fails whichever test met it. All
// calls of all tests of this package go through it.
func (w *world) asDescribed(request *http.Request, got answer) {
	w.t.Helper()
	kind, _, _ := strings.Cut(got.Header().Get("Content-Type"), ";")
	if !strings.HasSuffix(kind, "json") || got.Body.Len() == 0 {
		return
	}
	require.Empty(w.t, w.undescribed(request, got.Code, kind, got.Body.Bytes()),
		"%s %s answered %d %s", request.Method, request.URL.Path, got.Code, got.Body)
}

// undescribed says what an answer has that its description has not.
func (w *world) undescribed(request *http.Request, status int, kind string, body []byte) []error {
	w.t.Helper()
	spec := w.server.huma.OpenAPI()
	schema := &huma.Schema{Ref: "#/components/schemas/Problem"}
	found := w.server.echo.NewContext(request, nil)
	w.server.echo.Router().Find(request.Method, request.URL.Path, found)
	r, listed := w.server.routes[request.Method+" "+found.Path()]
	if listed && kind != "application/problem+json" {
		op := operationAt(spec, r)
		require.NotNil(w.t, op, "%s answers JSON and is not described", r.path)
		answer := op.Responses[strconv.Itoa(status)]
		require.NotNil(w.t, answer, "%s answers %d", r.path, status)
		require.NotNil(w.t, answer.Content[kind], "%s answers %s", r.path, kind)
		schema = answer.Content[kind].Schema
	}
	if schema == nil {
		return nil // of a key set, which is not ours to describe
	}
	var value any
	require.NoError(w.t, json.Unmarshal(body, &value))
	result := &huma.ValidateResult{}
	buffer := huma.NewPathBuffer(make([]byte, 0, 128), 0)
	huma.Validate(spec.Components.Schemas, schema, buffer, huma.ModeReadFromServer, value, result)
	return result.Errors
}

// The check itself notices a member too many, however deep, and one that is missing.
func TestAnAnswerThatSaysTooMuchIsNoticed(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	shown := w.call(get, "/v1/requests/"+id, teaKey, "")
	request, err := http.NewRequestWithContext(t.Context(), get, "/v1/requests/"+id, nil)
	require.NoError(t, err)
	complaints := func(status int, kind, body string) int {
		return len(w.undescribed(request, status, kind, []byte(body)))
	}
	good := shown.Body.String()
	require.Zero(t, complaints(200, "application/json", good))
	for _, body := range []string{
		strings.Replace(good, `{`, `{"payer_phone":"13800138000",`, 1),
		strings.Replace(good, `"order":{`, `"order":{"address":"x",`, 1),
		strings.Replace(good, `"state":"open"`, `"state":"anything"`, 1),
		strings.Replace(good, `"state":"open",`, ``, 1), `{}`, `[]`,
	} {
		require.NotEqual(t, good, body)
		require.NotZero(t, complaints(200, "application/json", body), body)
	}
	require.NotZero(t, complaints(404, "application/problem+json", `{"type":"x","stack":"y"}`))
}
