package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"
	"go.yaml.in/yaml/v3"

	"github.com/friendpay/friendpay/models"
)

//go:embed docs/errors.yaml
var errorsText []byte

// rowsOfErrors are the catalogue's rows by reason: code, cause, fix.
var rowsOfErrors = sync.OnceValues(func() (rows map[string][3]string, err error) {
	return rows, yaml.Unmarshal(errorsText, &rows)
})

// usualFix is what the catalogue says to do about a reason; empty where it does not know it.
func usualFix(reason string) string {
	rows, err := rowsOfErrors()
	if err != nil {
		return "" // a catalogue that cannot be read stops the server from starting
	}
	return rows[reason][2]
}

// explained is one reason of the catalogue.
type explained struct {
	Reason     string
	Code       models.Code
	Status     int
	Cause, Fix string
	Example    string // an answer, as JSON
}

// errorsPath is where a reason is explained: what a problem's type is.
const errorsPath = "/docs/errors/"

// catalogueOfErrors reads the list that a test holds against the code.
func catalogueOfErrors() ([]explained, error) {
	rows, err := rowsOfErrors()
	if err != nil {
		return nil, fmt.Errorf("read the error catalogue: %w", err)
	}
	list := make([]explained, 0, len(rows))
	for _, reason := range slices.Sorted(maps.Keys(rows)) {
		row := rows[reason]
		e := explained{Reason: reason, Code: models.Code(row[0]), Cause: row[1], Fix: row[2]}
		e.Status = statusOf(e.Code)
		example := newProblem(e.Status, e.Code, e.Reason, e.Cause)
		text, err := json.MarshalIndent(example, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("write an example: %w", err)
		}
		e.Example = string(text)
		list = append(list, e)
	}
	return list, nil
}

// docsErrors lists every reason that may be met.
func (s *Server) docsErrors(c echo.Context) error {
	return s.docsPage(c, http.StatusOK, docsText{Template: "errors", Title: "Errors", View: s.explained})
}

// docsError is where the type of a problem leads.
func (s *Server) docsError(c echo.Context) error {
	reason := c.Param("reason")
	at := slices.IndexFunc(s.explained, func(e explained) bool { return e.Reason == reason })
	if at < 0 {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	return s.docsPage(c, http.StatusOK, docsText{Template: "error", Title: reason, View: s.explained[at]})
}
