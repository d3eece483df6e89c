package shop

import (
	"context"
	"crypto/rand"
	"net/http"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop/view"
)

func (s *Shop) showRequest(w http.ResponseWriter, r *http.Request) { s.requestPage(w, r, nil) }

// requestPage shows a request; cause is why what the buyer wanted was not done.
func (s *Shop) requestPage(w http.ResponseWriter, r *http.Request, cause error) {
	known, err := s.look(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	known.Shown, known.Typed = r.URL.Query().Get("friend"), inOneLine(r.PostFormValue("own"))
	status := http.StatusOK
	if cause != nil {
		if known.Problem, status = s.problem(cause); known.Problem == nil {
			s.fail(w, r, cause)
			return
		}
	}
	page, err := view.Request(known)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.draw(w, r, status, page)
}

// look asks for all that the page shows.
func (s *Shop) look(ctx context.Context, id string) (known view.Known, err error) {
	buyer, err := s.asBuyer(ctx)
	if err != nil {
		return known, err
	}
	request, err := buyer.Show(ctx, id)
	if err != nil {
		return known, err
	}
	known = view.Known{Request: *request, Own: s.book.way(id), Now: s.Clock()}
	invites, err := buyer.ListInvitesWithResponse(ctx, id)
	switch {
	case err != nil:
		return known, err
	case invites.JSON200 == nil:
		return known, errBadAnswer
	}
	known.Invites, known.Version = invites.JSON200.Invites, invites.JSON200.Version
	if !known.Unpaid() {
		return known, nil
	}
	known.Preview, err = previewed(ctx, buyer, id, "")
	if told := client.AsProblem(err); told != nil && told.Status == http.StatusConflict {
		err = nil // it has no link yet
	}
	return known, err
}

// cancel is the buyer's "never mind".
func (s *Shop) cancel(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.Cancel(r.Context(), rand.Text(), id, client.CancelIn{})
	}
	if err != nil {
		s.requestPage(w, r, err)
		return
	}
	back(w, r, id)
}

// pay is the buyer's "I'll pay it myself".
func (s *Shop) pay(w http.ResponseWriter, r *http.Request) { s.leadToPay(w, r, r.PathValue("id")) }

// leadToPay sends the buyer to the provider, or to the page that shows what to scan.
func (s *Shop) leadToPay(w http.ResponseWriter, r *http.Request, id string) {
	way, err := s.wayToPay(r.Context(), id)
	if err != nil {
		r.SetPathValue("id", id)
		s.requestPage(w, r, err)
		return
	}
	if way != nil && !view.Over(*way, s.Clock()) && view.Redirect(*way) != "" {
		http.Redirect(w, r, view.Redirect(*way), http.StatusSeeOther) //nolint:gosec // as friendpay says
		return
	}
	back(w, r, id)
}

// wayToPay asks for the slot, or for the way back to what he pays already; nil while the provider is slow.
func (s *Shop) wayToPay(ctx context.Context, id string) (*client.Presentation, error) {
	buyer, err := s.asBuyer(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := buyer.PayRequestWithResponse(ctx, id, &client.PayRequestParams{IdempotencyKey: rand.Text()},
		client.BuyerPayInBody{Channel: s.Channel})
	if err != nil {
		return nil, err
	}
	if answer.JSON201 == nil || answer.JSON201.Presentation == nil {
		return nil, nil
	}
	s.book.leads(id, *answer.JSON201.Presentation)
	return answer.JSON201.Presentation, nil
}

// showReceipt lists what came in and what went back.
func (s *Shop) showReceipt(w http.ResponseWriter, r *http.Request) {
	buyer, err := s.asBuyer(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	request, err := buyer.Show(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.draw(w, r, http.StatusOK, view.Receipt(*request))
}

// back leads to a request that the API has just taken an order for.
func back(w http.ResponseWriter, r *http.Request, id string) {
	http.Redirect(w, r, "/shop/requests/"+id, http.StatusSeeOther) //nolint:gosec // a path of ours
}
