package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// Shop is a merchant played by ourselves, to try the product by hand in
// development. Whoever opens its pages is its one buyer.
type Shop struct {
	Merchant string
	App      string
	Channel  string // by which the buyer pays himself
}

// The shop's one buyer, and what he always buys.
const (
	shopBuyer     = "shop-buyer"
	shopBuyerName = "王小明"
	shopTitle     = "手冲咖啡壶套装"
)

var shopItems = []ItemIn{
	{Title: "手冲咖啡壶 600ml", Quantity: 1, Price: Amount{Minor: 9900, Currency: "CNY"}},
	{Title: "埃塞俄比亚咖啡豆 227g", Quantity: 1, Price: Amount{Minor: 3000, Currency: "CNY"}},
}

// shopRoutes are there in development only.
func (s *Server) shopRoutes() []route {
	if s.Config.Shop == nil {
		return nil
	}
	return []route{
		page(get, "/", (*Server).toShop),
		page(get, "/shop", (*Server).showShop),
		page(post, "/shop/requests", (*Server).askAFriend),
		page(get, "/shop/requests/{id}", (*Server).showShopRequest),
		page(post, "/shop/requests/{id}/cancel", (*Server).cancelInShop),
		page(post, "/shop/requests/{id}/pay", (*Server).payInShop),
		page(get, "/shop/requests/{id}/receipt", (*Server).showReceipt),
		{method: get, path: "/shop/requests/{id}/stream", who: anybody, streams: true,
			mount: plain("text/event-stream", (*Server).streamInShop)},
	}
}

// asShop is the context of a call that the shop's server makes to the API.
func (s *Server) asShop(c echo.Context) context.Context {
	return context.WithValue(c.Request().Context(), principalKey, Principal{
		Kind: merchant, Merchant: s.Config.Shop.Merchant, Apps: []string{s.Config.Shop.App},
	})
}

func (s *Server) toShop(c echo.Context) error { return c.Redirect(http.StatusFound, "/shop") }

func (s *Server) showShop(c echo.Context) error { return s.shopPage(c, nil) }

func (s *Server) shopPage(c echo.Context, cause error) error {
	view := web.ShopOrder{Total: models.CNY(0)}
	for _, item := range shopItems {
		price := item.Price.money()
		view.Items = append(view.Items, web.Item{Title: item.Title, Quantity: item.Quantity, Price: price})
		view.Total = view.Total.Plus(price)
	}
	status := http.StatusOK
	if cause != nil {
		problem, known := s.problem(cause)
		if !known {
			return cause
		}
		view.Problem, status = problem, statusOf(models.CodeOf(cause))
	}
	before, err := s.Store.Requests(c.Request().Context(), store.RequestFilter{
		Merchant: s.Config.Shop.Merchant, App: s.Config.Shop.App, Buyer: shopBuyer, Limit: 5,
	})
	if err != nil {
		return err
	}
	for _, line := range before.Items {
		view.Requests = append(view.Requests, web.ShopLine{
			ID: line.ID, Title: line.OrderTitle, Amount: line.Payable, State: line.State, At: line.CreatedAt,
		})
	}
	return s.draw(c, status, web.Page{Template: web.OrderPage, View: view})
}

// askAFriend places a fresh order's request, just as a merchant's server would.
func (s *Server) askAFriend(c echo.Context) error {
	in := &placeIn{}
	total := int64(0)
	for _, item := range shopItems {
		total += item.Price.Minor
	}
	in.Body.Order = &OrderIn{
		App: s.Config.Shop.App, Number: s.Clock().UTC().Format("20060102-150405.000"), Title: shopTitle,
		Items: shopItems, Payable: Amount{Minor: total, Currency: "CNY"}, PriceVersion: 1, Kind: "physical",
		Buyer: BuyerIn{ID: shopBuyer, Name: shopBuyerName},
	}
	placed, err := s.placeRequest(context.WithValue(s.asShop(c), mintedKey, mint.ID(mint.Request)), in)
	if err != nil {
		return s.shopPage(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/shop/requests/"+placed.Body.ID)
}

func (s *Server) showShopRequest(c echo.Context) error { return s.shopRequest(c, nil) }

func (s *Server) shopRequest(c echo.Context, cause error) error {
	ctx := s.asShop(c)
	r, err := s.owned(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	view, err := s.shopView(ctx, r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if cause != nil {
		problem, known := s.problem(cause)
		if !known {
			return cause
		}
		view.Problem, status = problem, statusOf(models.CodeOf(cause))
	}
	return s.draw(c, status, shopScene{request: r}.page(view))
}
