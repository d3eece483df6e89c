package shop

import (
	"net/http"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// BuyerID is the merchant's own id of his one buyer.
const BuyerID = "shop-buyer"

const (
	buyerName  = "王小明"
	orderTitle = "手冲咖啡壶套装"
	currency   = "CNY"
)

// items are what he always buys.
var items = []client.ItemIn{
	{Title: "手冲咖啡壶 600ml", Quantity: 1, Price: client.Amount{Minor: 9900, Currency: currency}},
	{Title: "埃塞俄比亚咖啡豆 227g", Quantity: 1, Price: client.Amount{Minor: 3000, Currency: currency}},
}

func theBuyer() client.BuyerIn { return client.BuyerIn{ID: BuyerID, Name: new(buyerName)} }

func total() (sum client.Amount) {
	sum.Currency = currency
	for _, item := range items {
		sum.Minor += item.Price.Minor
	}
	return sum
}

func (s *Shop) showOrder(w http.ResponseWriter, r *http.Request) { s.orderPage(w, r, nil) }

// orderPage shows the unpaid order and what the buyer asked before; cause is why asking did not work.
func (s *Shop) orderPage(w http.ResponseWriter, r *http.Request, cause error) {
	shown := web.ShopOrder{Total: models.Money{Minor: total().Minor, Currency: currency}}
	for _, item := range items {
		price := models.Money{Minor: item.Price.Minor, Currency: item.Price.Currency}
		shown.Items = append(shown.Items, web.Item{Title: item.Title, Quantity: item.Quantity, Price: price})
	}
	status := http.StatusOK
	if cause != nil {
		if shown.Problem, status = s.problem(cause); shown.Problem == nil {
			s.fail(w, r, cause)
			return
		}
	}
	buyer, err := s.asBuyer(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	before, err := buyer.List(r.Context(), client.ListRequestsParams{App: &s.App, Limit: new(int64(5))})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shown.Requests = lines(before.Requests)
	s.draw(w, r, status, web.Page{Template: web.OrderPage, View: shown})
}

// askAFriend places a fresh order's request. The order's number is the Idempotency-Key: one order asks once.
func (s *Shop) askAFriend(w http.ResponseWriter, r *http.Request) {
	number := s.Clock().UTC().Format("20060102-150405.000000")
	placed, err := s.API.Place(r.Context(), number, client.PlaceInBody{Order: &client.OrderIn{
		App: s.App, Number: number, Title: orderTitle, Items: &items, Payable: total(),
		PriceVersion: new(int64(1)), Kind: new("physical"), Buyer: theBuyer(),
	}})
	if err != nil {
		s.orderPage(w, r, err)
		return
	}
	http.Redirect(w, r, "/shop/requests/"+placed.ID, http.StatusSeeOther)
}
