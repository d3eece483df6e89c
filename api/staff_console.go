package api

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	view "github.com/friendpay/friendpay/web/console"
)

// newConsole is the support console over the same rows, tokens and clock.
func (s *Server) newConsole() (*console.Console, error) {
	return console.New(console.Deps{
		Parts: s.Console, Store: s.Store, Catalogue: catalogueChanges{s}, Clock: s.Clock, Machine: s.past,
		PublicURL: s.Config.PublicURL, Speed: s.Config.Speed, Find: s.Find, Export: s.export,
	}, s.Tokens, s.Log)
}

// consoleRoutes are the console's own list, guarded and counted like all others.
func (s *Server) consoleRoutes() []route {
	var list []route
	for _, r := range s.console.Routes() {
		who := colleague
		if r.Open {
			who = anybody
		}
		list = append(list, route{
			method: r.Method, path: r.Path, who: who, page: true,
			mount: plain("text/html", func(s *Server, c echo.Context) error {
				return s.console.Serve(r, c, caller(c.Request().Context()).session)
			}),
		})
	}
	return list
}

// consolePage tells a colleague what a program would read as JSON.
func (s *Server) consolePage(c echo.Context, p *Problem) error {
	shown := view.Problem{Reason: p.Reason, Detail: p.Detail, Fix: p.Fix}
	if p.Code == models.Internal {
		shown.Fix = callID(c.Request().Context())
	}
	return s.console.Problem(c, p.Status, shown)
}

// catalogueChanges makes the console's changes as it makes those of the API.
type catalogueChanges struct{ s *Server }

// Change tries a change of the catalogue, or makes it.
func (x catalogueChanges) Change(ctx context.Context, order effects.Order) (out effects.Outcome, err error) {
	order.Accounts = x.s.Accounts
	err = x.s.Store.WithTx(ctx, func(tx *store.Store) (err error) {
		out, err = effects.Change(ctx, tx, order)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("change the catalogue: %w", err)
	}
	return out, nil
}
