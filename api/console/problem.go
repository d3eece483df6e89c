package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/web/console"
)

// Problem tells a colleague what a program would read as JSON. Who is not logged in gets the login.
func (k *Console) Problem(c echo.Context, status int, problem console.Problem) error {
	if status == http.StatusUnauthorized {
		return k.loginPage(c, status, nil)
	}
	who, err := k.Admit(c.Request())
	if err != nil {
		who = Session{}
	}
	return k.draw(c, who, status, console.Page{Template: console.ErrorPage, Problem: &problem})
}
