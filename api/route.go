package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// audience says who may take a route.
type audience string

const (
	anybody   audience = "anybody"            // pages and machines; nothing private
	merchant  audience = "merchant"           // an API key
	seller    audience = "merchant or buyer"  // an API key or a buyer's token
	buyer     audience = "buyer"              // a buyer's token, or an API key on his behalf
	payer     audience = "payer"              // the cookie that a link was exchanged for
	staff     audience = "staff"              // a colleague's token
	colleague audience = "colleague"          // the cookie that a colleague got by logging in to the console
	provider  audience = "payment provider"   // proven by its own signature over the body
	operator  audience = "metrics collectors" // the metrics token, when one is set
)

// maxBody is the largest body of any route, in bytes.
const maxBody = 64 << 10

// route is one line of the route list.
type route struct {
	method, path string // the path as OpenAPI writes it: /v1/requests/{id}
	who          audience
	id, summary  string // the operation's id and one sentence; an empty id is left out of the description
	creates      string // such a route wants an Idempotency-Key; the prefix of the id minted under it
	rows         bool   // all it does is rows: they and the key's answer are one transaction
	streams      bool   // no time-out
	scope        string // that a key must have; empty: requests:read to get, else requests:write
	page         bool   // people see it: errors are pages
	secret       bool   // the secret in its address says who may, no cookie
	foreign      bool   // another site's form may be sent here: it changes nothing
	status       int    // of success; 0: 200
	also         []int  // other statuses of success, with the same body
	mount        func(*Server, route)
}

func (r route) key() string { return r.method + " " + r.template() }

// template is the path as the router writes it: /v1/requests/:id.
func (r route) template() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(r.path)
}

func (s *Server) mount(r route) error {
	if _, twice := s.routes[r.key()]; twice {
		return errors.New("the route is listed twice")
	}
	s.routes[r.key()] = r
	r.mount(s, r)
	return nil
}

// operation mounts a JSON handler: input and output are described and checked
// by their types.
func operation[I, O any](handle func(*Server, context.Context, *I) (*O, error)) func(*Server, route) {
	return func(s *Server, r route) {
		described := huma.Operation{
			OperationID: r.id, Method: r.method, Path: r.path, Summary: r.summary, Hidden: r.id == "",
			MaxBodyBytes: maxBody, DefaultStatus: r.status, Tags: []string{string(r.who)}, Security: r.who.security(),
			Errors: r.errors(),
		}
		if r.creates != "" {
			described.Parameters = append(described.Parameters, idempotencyParameter())
		}
		huma.Register(s.huma, described, func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(s, ctx, in)
			if err != nil {
				return nil, s.refusal(ctx, err)
			}
			return out, nil
		})
		r.describeAlso(s.huma.OpenAPI())
		r.describeBody(s.huma.OpenAPI())
	}
}

// describeAlso repeats the description of success under its other statuses.
func (r route) describeAlso(spec *huma.OpenAPI) {
	op := operationAt(spec, r)
	if op == nil {
		return
	}
	success := op.Responses[strconv.Itoa(orDefault(r.status, http.StatusOK))]
	for _, status := range r.also {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: success.Content,
		}
	}
}

// plain mounts a handler that writes its answer itself; kind is the content
// type of its success.
func plain(kind string, handle func(*Server, echo.Context) error) func(*Server, route) {
	return func(s *Server, r route) {
		s.echo.Add(r.method, r.template(), func(c echo.Context) error { return handle(s, c) })
		if r.id != "" {
			s.huma.OpenAPI().AddOperation(r.described(kind))
		}
	}
}

// errors are the statuses that every caller of the route must expect.
func (r route) errors() []int {
	list := []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusServiceUnavailable}
	if r.who != anybody {
		list = append(list, http.StatusUnauthorized)
	}
	if r.who == merchant || r.who == seller || r.who == buyer {
		list = append(list, http.StatusForbidden) // a key may lack the scope
	}
	if r.method == http.MethodPost {
		// Also without a body of its own: whatever is sent is read, and must be readable.
		list = append(list, http.StatusBadRequest, http.StatusForbidden, http.StatusConflict,
			http.StatusRequestEntityTooLarge, http.StatusTooManyRequests)
	}
	if r.method == http.MethodPost && (r.who == payer || strings.Contains(r.path, "{id}")) {
		list = append(list, http.StatusGone) // it is about one request, and that may have ended
	}
	return list
}

// describeBody adds what only a caller who sends JSON must expect.
func (r route) describeBody(spec *huma.OpenAPI) {
	op := operationAt(spec, r)
	if op == nil || op.RequestBody == nil {
		return
	}
	wrong := *op.Responses[strconv.Itoa(http.StatusRequestEntityTooLarge)]
	wrong.Description = http.StatusText(http.StatusUnsupportedMediaType)
	op.Responses[strconv.Itoa(http.StatusUnsupportedMediaType)] = &wrong
}
