package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// deliveriesOnPage is how many webhooks a page lists.
const deliveriesOnPage = 50

func (k *Console) showDeliveries(c echo.Context, who Session) error {
	filter := store.DeliveryFilter{
		App: short(c.QueryParam("app")), Endpoint: short(c.QueryParam("endpoint")),
		State: store.DeliveryState(short(c.QueryParam("state"))), Cursor: c.QueryParam("cursor"),
		Limit: deliveriesOnPage,
	}
	page, err := k.Store.Deliveries(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	view := console.Deliveries{
		App: filter.App, State: string(filter.State), Endpoint: filter.Endpoint,
		Endpoints: withQuery("/staff/endpoints", "app", filter.App),
	}
	for _, state := range store.DeliveryStates {
		view.States = append(view.States, string(state))
	}
	for _, d := range page.Items {
		view.Rows = append(view.Rows, k.deliveryRow(d))
	}
	if page.Next != "" {
		query := url.Values{"cursor": {page.Next}}
		for name, value := range map[string]string{
			"app": view.App, "endpoint": view.Endpoint, "state": view.State,
		} {
			if value != "" {
				query.Set(name, value)
			}
		}
		view.Next = "/staff/deliveries?" + query.Encode()
	}
	return k.draw(c, who, http.StatusOK, console.Page{
		Template: console.DeliveriesPage, View: view, At: "deliveries",
	})
}

func (k *Console) showDelivery(c echo.Context, who Session) error {
	found, tries, err := k.Store.Delivery(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	view := deliveryView(k.deliveryRow(found), found, tries)
	view.Resend = k.may(who, "resend_webhook")
	return k.draw(c, who, http.StatusOK, console.Page{
		Template: console.DeliveryPage, View: view, At: "deliveries",
	})
}

func (k *Console) showEndpoints(c echo.Context, who Session) error {
	view := console.Endpoints{App: short(c.QueryParam("app"))}
	if view.App != "" {
		list, err := k.Store.Endpoints(c.Request().Context(), view.App)
		if err != nil {
			return err
		}
		for _, e := range list {
			view.Rows = append(view.Rows, console.EndpointRow{
				ID: e.ID, App: e.App, URL: bare(e.URL), State: string(e.State), Why: e.Reason, Events: e.Events,
				Since: e.CreatedAt, MayTest: k.may(who, "send_test_event"),
				MayEnable: e.State == store.EndpointDisabled && k.may(who, "enable_endpoint"),
			})
		}
	}
	return k.draw(c, who, http.StatusOK, console.Page{
		Template: console.EndpointsPage, View: view, At: "deliveries",
	})
}

// withQuery is an address with one thing to ask for; nothing where that is empty.
func withQuery(path, name, value string) string {
	if value == "" {
		return path
	}
	return path + "?" + url.Values{name: {value}}.Encode()
}
