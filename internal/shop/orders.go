package shop

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// BuyerID is the merchant's own id of his one buyer.
const BuyerID = "shop-buyer"

const (
	buyerName  = "王小明"
	orderTitle = "手冲咖啡壶套装"
	currency   = "CNY"

	orderCategory = "咖啡器具"
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
	may, err := s.mayAsk(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shown.Ways, shown.Why = view.Ways(*may), view.WhyNot(*may)
	shown.MayAsk = may.State == client.EligibilityViewStateEnabled
	shown.Number, shown.Shows = s.newNumber(), models.AllShows
	before, err := buyer.List(r.Context(), client.ListRequestsParams{App: &s.App, Limit: new(int64(5))})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shown.Requests = lines(before.Requests)
	s.draw(w, r, status, web.Page{Template: web.OrderPage, View: shown})
}

// askAFriend places the request of the page's order: one page sent twice asks once.
func (s *Shop) askAFriend(w http.ResponseWriter, r *http.Request) {
	placed, err := s.place(r, dialled(r))
	if err != nil {
		s.orderPage(w, r, err)
		return
	}
	back(w, r, placed.ID)
}

// payMyself is the same without a friend: the buyer takes the slot of his own request at once.
func (s *Shop) payMyself(w http.ResponseWriter, r *http.Request) {
	placed, err := s.place(r, nil)
	if err != nil {
		s.orderPage(w, r, err)
		return
	}
	s.leadToPay(w, r, placed.ID)
}

// place asks for the order that the form names. Both of the page's forms name the same one, and the dial may
// have been turned before the second press: each is a call of its own, and the order has one request.
func (s *Shop) place(r *http.Request, shows *client.PlaceInBodyShows) (*client.PlacedView, error) {
	order := s.order(r.PostFormValue("order"))
	key := order.Number + r.URL.Path
	if shows != nil {
		key += "/" + string(*shows)
	}
	return s.API.Place(r.Context(), key, client.PlaceInBody{Order: &order, Shows: shows})
}

// mayAsk asks by what a friend could pay the order, and why not by the rest.
func (s *Shop) mayAsk(ctx context.Context) (*client.EligibilityView, error) {
	answer, err := s.API.AskEligibilityWithResponse(ctx, client.EligibilityInBody{Order: new(s.order(""))})
	if err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, errBadAnswer
	}
	return answer.JSON200, nil
}

// number is what the shop calls an order: when its page was drawn, and chance.
var number = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[A-Z2-7]{12}$`)

func (s *Shop) newNumber() string {
	return s.Clock().UTC().Format("20060102-150405-") + rand.Text()[:12]
}

// order is the order of that number; what is none of ours gets a new one.
func (s *Shop) order(called string) client.OrderIn {
	if !number.MatchString(called) {
		called = s.newNumber()
	}
	return client.OrderIn{
		App: s.App, Number: called, Title: orderTitle, Items: &items,
		Category: new(orderCategory), Payable: total(), PriceVersion: new(int64(1)), Kind: new("physical"),
		Buyer: theBuyer(),
	}
}

// dialled is how much of the order a friend shall see, where the form says; nil: all.
func dialled(r *http.Request) *client.PlaceInBodyShows {
	if shows := r.PostFormValue("shows"); shows != "" {
		return new(client.PlaceInBodyShows(shows))
	}
	return nil
}
