package shop

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// showAsked lists what the buyer asked for, newest first.
func (s *Shop) showAsked(w http.ResponseWriter, r *http.Request) {
	phase, cursor := r.URL.Query().Get("phase"), r.URL.Query().Get("cursor")
	wanted := client.ListRequestsParams{App: &s.App}
	if !slices.Contains(web.Asked{}.Phases(), phase) {
		phase = ""
	}
	if phase != "" {
		wanted.Phase = new(client.ListRequestsParamsPhase(phase))
	}
	if cursor != "" {
		wanted.Cursor = &cursor
	}
	buyer, err := s.asBuyer(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, err := buyer.List(r.Context(), wanted)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shown := web.Asked{Phase: phase, Lines: lines(list.Requests), Later: cursor != ""}
	if list.Next != nil {
		shown.Next = *list.Next
	}
	s.draw(w, r, http.StatusOK, web.Page{Template: web.AskedPage, View: shown})
}

// lines are requests as pages list them.
func lines(list []client.RequestLineView) (shown []web.ShopLine) {
	for _, line := range list {
		shown = append(shown, web.ShopLine{
			ID: line.ID, Title: line.Order.Title, Amount: view.Money(line.Payable),
			State: models.State(line.State), At: line.CreatedAt,
		})
	}
	return shown
}

// extend gives the request more time: so many minutes, or until a moment.
func (s *Shop) extend(w http.ResponseWriter, r *http.Request) {
	id, wish := r.PathValue("id"), client.ExtendInBody{}
	if minutes, err := strconv.ParseInt(r.PostFormValue("minutes"), 10, 64); err == nil {
		wish.Minutes = &minutes
	}
	if until, err := time.Parse(time.RFC3339, r.PostFormValue("until")); err == nil {
		wish.Until = &until
	}
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.ExtendRequestWithResponse(r.Context(), id,
			&client.ExtendRequestParams{IdempotencyKey: moreOnce(r)}, wish)
	}
	s.done(w, r, err)
}

// moreOnce names what a page asks for by the deadline that it showed: pressed twice, a button adds once.
func moreOnce(r *http.Request) string {
	from, err := strconv.ParseInt(r.PostFormValue("from"), 10, 64)
	if err != nil {
		return rand.Text()
	}
	asked := sha256.Sum256([]byte(r.PostFormValue("minutes") + "/" + r.PostFormValue("until")))
	return fmt.Sprintf("more-%s-%d-%x", r.PathValue("id"), from, asked[:6])
}

// thank tells the friend who paid what the buyer picked, or what he wrote himself.
func (s *Shop) thank(w http.ResponseWriter, r *http.Request) {
	words := cmp.Or(inOneLine(r.PostFormValue("own")), r.PostFormValue("say"))
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.ThankPayerWithResponse(r.Context(), r.PathValue("id"), client.ThanksInBody{Message: words})
	}
	s.done(w, r, err)
}

// askAgain asks for the order of a request that ended without money. The button pressed twice asks once.
func (s *Shop) askAgain(w http.ResponseWriter, r *http.Request) {
	placed, err := s.again(r.Context(), r.PathValue("id"))
	if err != nil {
		s.requestPage(w, r, err)
		return
	}
	back(w, r, placed.ID)
}

func (s *Shop) again(ctx context.Context, id string) (*client.PlacedView, error) {
	buyer, err := s.asBuyer(ctx)
	if err != nil {
		return nil, err
	}
	ended, err := buyer.Show(ctx, id)
	if err != nil {
		return nil, err
	}
	return buyer.Place(ctx, "again-"+id, client.PlaceInBody{OrderID: &ended.Order.ID})
}

// done leads back to the request, or says on its page why what was wanted was not done.
func (s *Shop) done(w http.ResponseWriter, r *http.Request, cause error) {
	if cause != nil {
		s.requestPage(w, r, cause)
		return
	}
	back(w, r, r.PathValue("id"))
}
