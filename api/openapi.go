package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
)

// newHuma makes the part that checks inputs by their types and describes them.
// Its own pages are off: they load scripts from other hosts.
func newHuma(router *echo.Echo, config Config) huma.API {
	ownErrors()
	settings := huma.DefaultConfig("friendpay", orDefault(config.Version, "dev"))
	settings.OpenAPIPath, settings.DocsPath, settings.SchemasPath = "", "", ""
	settings.CreateHooks = nil // they add a $schema member to every answer
	settings.RejectUnknownQueryParameters = true
	settings.Info.Description = description
	if config.PublicURL != "" {
		settings.Servers = []*huma.Server{{URL: config.PublicURL}}
	}
	describeWords(settings.Components.Schemas)
	settings.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"apiKey":     bearer("", "A merchant's API key: fpk_live_… or fpk_test_…"),
		"buyerToken": bearer("JWT", "From POST /v1/buyer-tokens."),
		"staffToken": bearer("JWT", "A colleague's token."),
		"payerCookie": {Type: "apiKey", In: "cookie", Name: PayerCookie,
			Description: "Set when a link is exchanged by POST /f/{token}."},
	}
	return humaecho.NewV4(router, settings)
}

func bearer(format, about string) *huma.SecurityScheme {
	return &huma.SecurityScheme{Type: "http", Scheme: "bearer", BearerFormat: format, Description: about}
}

const description = `A friend pays: place a request for an unpaid order, hand the link to a friend,
hear what became of it.

Amounts are minor units (fen) with a currency. Times are UTC. Errors are RFC 9457 problem details: act on
"reason". Every POST that creates wants an Idempotency-Key; the first answer under a key is kept for 24 hours
and given again, byte for byte. A 202 says that the work goes on: read the request again in a moment.`

// security says how an audience proves itself.
func (a audience) security() []map[string][]string {
	switch a {
	case merchant, operator:
		return []map[string][]string{{"apiKey": {}}}
	case seller, buyer:
		return []map[string][]string{{"apiKey": {}}, {"buyerToken": {}}}
	case payer:
		return []map[string][]string{{"payerCookie": {}}}
	case staff:
		return []map[string][]string{{"staffToken": {}}}
	case anybody, provider, colleague: // the console is for people
	}
	return nil
}

// described is the description of a handler that writes its answer itself.
func (r route) described(kind string) *huma.Operation {
	status := orDefault(r.status, http.StatusOK)
	op := &huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Summary: r.summary,
		Tags: []string{string(r.who)}, Security: r.who.security(),
		Responses: map[string]*huma.Response{
			strconv.Itoa(status): {
				Description: http.StatusText(status), Content: map[string]*huma.MediaType{kind: {}},
			},
			"default": {Description: "A problem.", Content: map[string]*huma.MediaType{
				"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}},
			}},
		},
	}
	for _, name := range parameters(r.path) {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	return op
}

// parameters are the names in braces of a path.
func parameters(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
		}
	}
	return names
}

func (s *Server) description(c echo.Context) error {
	document, err := s.OpenAPI()
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.Blob(http.StatusOK, "application/yaml", document)
}

// OpenAPI is the description of all operations, OpenAPI 3.1 in YAML.
func (s *Server) OpenAPI() ([]byte, error) {
	document, err := s.huma.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("write the description: %w", err)
	}
	return document, nil
}
