package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
)

// legible refuses a JSON body that is not UTF-8 with 400 "bad_encoding". The decoder
// would put a replacement character for each broken byte and go on: a buyer's name
// would be lost for good, and nobody told. What a provider sends is for its adapter.
func legible(r route, next echo.HandlerFunc) echo.HandlerFunc {
	if r.method != http.MethodPost || r.page || r.who == provider {
		return next
	}
	return func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return fmt.Errorf("read the body: %w", err)
		}
		if !utf8.Valid(body) {
			p := newProblem(http.StatusBadRequest, models.Invalid, "bad_encoding", "The body is not UTF-8.")
			p.Field, p.Fix = "body", "Encode the JSON as UTF-8."
			return p
		}
		c.Request().Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}
