package shop

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/web"
)

// showPrivacy is the page about what friends see, for what holds or for what the buyer tries.
func (s *Shop) showPrivacy(w http.ResponseWriter, r *http.Request) { s.privacyPage(w, r, "", nil) }

// privacyPage draws it; cause is why the words that were typed do not hold.
func (s *Shop) privacyPage(w http.ResponseWriter, r *http.Request, typed string, cause error) {
	known, err := s.seen(r.Context(), r.PathValue("id"), r.FormValue("shows"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := view.Privacy(known)
	shown, _ := page.View.(web.Privacy)
	shown.Saved = r.URL.Query().Get("saved") != ""
	status := http.StatusOK
	if cause != nil {
		shown.Message = typed
		if shown.Problem, status = s.problem(cause); shown.Problem == nil {
			s.fail(w, r, cause)
			return
		}
	}
	page.View = shown
	s.draw(w, r, status, page)
}

// seen asks for what friends see. A setting that this order does not have is left out.
func (s *Shop) seen(ctx context.Context, id, shows string) (known view.Known, err error) {
	known = view.Known{Request: client.RequestView{ID: id}, Now: s.Clock()}
	buyer, err := s.asBuyer(ctx)
	if err != nil {
		return known, err
	}
	known.Preview, err = previewed(ctx, buyer, id, shows)
	if told := client.AsProblem(err); told != nil && told.Status == http.StatusUnprocessableEntity {
		known.Preview, err = previewed(ctx, buyer, id, "")
	}
	return known, err
}

func previewed(ctx context.Context, buyer *client.API, id, shows string) (*client.CardPreview, error) {
	params := &client.PreviewRequestParams{}
	if shows != "" {
		params.Shows = new(client.PreviewRequestParamsShows(shows))
	}
	answer, err := buyer.PreviewRequestWithResponse(ctx, id, params)
	switch {
	case err != nil:
		return nil, err
	case answer.JSON200 == nil:
		return nil, errBadAnswer
	}
	return answer.JSON200, nil
}

// changePrivacy sets the dial and the words for friends.
func (s *Shop) changePrivacy(w http.ResponseWriter, r *http.Request) {
	id, shows, words := r.PathValue("id"), r.PostFormValue("shows"), inOneLine(r.PostFormValue("message"))
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		said := client.CardIn{Message: &words}
		if shows != "" {
			said.Shows = new(client.CardInShows(shows))
		}
		_, err = buyer.ChangeCardWithResponse(r.Context(), id, said)
	}
	if err != nil {
		s.privacyPage(w, r, words, err)
		return
	}
	http.Redirect(w, r, "/shop/requests/"+url.PathEscape(id)+"/card?saved=1", http.StatusSeeOther)
}

// inOneLine is what somebody wrote into a field that has several lines for him to see it all.
func inOneLine(typed string) string { return strings.Join(strings.Fields(typed), " ") }
