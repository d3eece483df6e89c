package api

import (
	"cmp"
	_ "embed"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
)

//go:embed docs/style.css
var docsStyle []byte

// docsView is the reference page: our own, from the same description, so that
// it loads nothing from other hosts.
type docsView struct {
	Title, Version string
	About          []string
	Groups         []docsGroup
	Errors         []docsError
}

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Who string
	Parameters, Body               []docsField
	Answers                        []docsAnswer
}

type docsAnswer struct {
	Status, Title string
	Fields        []docsField
}

type docsError struct {
	Code    models.Code
	Status  int
	Meaning string
}

var docsErrors = []docsError{
	{Code: models.Invalid, Meaning: "A member of the body, the address or the query breaks its rule. " +
		"A bad Idempotency-Key is 400."},
	{Code: models.Unauthenticated, Meaning: "No key or token, or none that holds here."},
	{Code: models.Forbidden, Meaning: "You are known, and this is not for you."},
	{Code: models.NotFound, Meaning: "It is not there, or it is not yours: the two look the same."},
	{Code: models.Conflict, Meaning: "The right words at the wrong moment. Read the request again; see until."},
	{Code: models.Gone, Meaning: "It was there and has ended."},
	{Code: models.Limited, Meaning: "Too often; see Retry-After."},
	{Code: models.Unavailable, Meaning: "A needed part is down. Try again with the same Idempotency-Key."},
	{Code: models.Internal, Meaning: "Our own bug. Tell us the X-Request-Id."},
}

func (s *Server) docsReference(c echo.Context) error {
	return s.docsPage(c, http.StatusOK, docsText{Template: "reference", View: s.docsView()})
}

func (s *Server) docsStyle(c echo.Context) error {
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", docsStyle)
}

func (s *Server) docsView() docsView {
	spec := s.huma.OpenAPI()
	view := docsView{
		Title: spec.Info.Title, Version: spec.Info.Version, About: strings.Split(spec.Info.Description, "\n\n"),
	}
	for _, e := range docsErrors {
		e.Status = statusOf(e.Code)
		view.Errors = append(view.Errors, e)
	}
	for _, r := range s.allRoutes() {
		op := operationAt(spec, r)
		if op == nil {
			continue
		}
		i := slices.IndexFunc(view.Groups, func(g docsGroup) bool { return g.Name == string(r.who) })
		if i < 0 {
			view.Groups, i = append(view.Groups, docsGroup{Name: string(r.who)}), len(view.Groups)
		}
		view.Groups[i].Operations = append(view.Groups[i].Operations, docsOf(spec, r, op))
	}
	return view
}

func operationAt(spec *huma.OpenAPI, r route) *huma.Operation {
	item := spec.Paths[r.path]
	if item == nil {
		return nil
	}
	switch r.method {
	case http.MethodGet:
		return item.Get
	case http.MethodPost:
		return item.Post
	default:
		return nil
	}
}

func docsOf(spec *huma.OpenAPI, r route, op *huma.Operation) docsOperation {
	o := docsOperation{ID: r.id, Method: r.method, Path: r.path, Summary: r.summary, Who: string(r.who)}
	for _, p := range op.Parameters {
		o.Parameters = append(o.Parameters, docsField{
			Name: p.Name, Type: p.In, Required: p.Required, Doc: cmp.Or(p.Description, p.Schema.Description),
		})
	}
	if op.RequestBody != nil {
		o.Body = fields(spec, op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if strings.HasPrefix(status, "2") {
			answer := op.Responses[status]
			o.Answers = append(o.Answers, docsAnswer{status, answer.Description, fields(spec, answer.Content)})
		}
	}
	return o
}
