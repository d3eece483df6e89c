package shop

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/web"
)

// otherPlace is where the buyer sends a link when it is none of the places we know: nothing is told of it.
const otherPlace = "other"

// inviteForm asks for one more friend. It does not keep itself up to date: nobody's typing is lost.
func (s *Shop) inviteForm(w http.ResponseWriter, r *http.Request) {
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.Show(r.Context(), r.PathValue("id"))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.drawInvite(w, r, http.StatusOK, web.ShopInvite{Key: rand.Text(), Where: web.FriendPlaces[0]})
}

func (s *Shop) drawInvite(w http.ResponseWriter, r *http.Request, status int, form web.ShopInvite) {
	form.Request, form.Places = r.PathValue("id"), web.FriendPlaces
	s.draw(w, r, status, web.Page{Template: web.InvitePage, View: form, Buyer: true})
}

// invite makes one more link. The form's key makes one of a form that is sent twice.
func (s *Shop) invite(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	form := web.ShopInvite{
		Key: r.FormValue("key"), Name: strings.TrimSpace(r.FormValue("name")), Where: r.FormValue("where"),
	}
	buyer, err := s.asBuyer(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	wanted := client.InviteInBody{Label: &form.Name}
	if form.Where != otherPlace {
		wanted.Surface = &form.Where
	}
	key := &client.CreateInviteParams{IdempotencyKey: cmp.Or(form.Key, rand.Text())}
	made, err := buyer.CreateInviteWithResponse(r.Context(), id, key, wanted)
	if err == nil && made.JSON201 == nil {
		err = errBadAnswer
	}
	if err != nil {
		problem, status := s.problem(err)
		if form.Problem = problem; problem == nil {
			s.fail(w, r, err)
			return
		}
		s.drawInvite(w, r, status, form)
		return
	}
	back(w, r, id+"?friend="+url.QueryEscape(made.JSON201.ID))
}

// revokeForm says what taking a link back means, before it is done.
func (s *Shop) revokeForm(w http.ResponseWriter, r *http.Request) {
	known, err := s.look(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	friend, found, err := known.Friend(r.PathValue("invite"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !found {
		s.showNothing(w, r)
		return
	}
	s.draw(w, r, http.StatusOK, web.Page{Template: web.RevokePage, Buyer: true, View: web.ShopRevoke{
		Request: known.Request.ID, Friend: friend, Others: !friend.Alone,
	}})
}

// revoke makes one link useless.
func (s *Shop) revoke(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.RevokeInviteWithResponse(r.Context(), id, r.PathValue("invite"))
	}
	if err != nil {
		s.requestPage(w, r, err)
		return
	}
	back(w, r, id+"?friend="+url.QueryEscape(r.PathValue("invite")))
}

// label gives a friend whom the buyer has asked already another name, or none.
func (s *Shop) label(w http.ResponseWriter, r *http.Request) {
	id, invite := r.PathValue("id"), r.PathValue("invite")
	buyer, err := s.asBuyer(r.Context())
	if err == nil {
		_, err = buyer.LabelInviteWithResponse(r.Context(), id, invite, client.LabelInBody{
			Label: strings.TrimSpace(r.PostFormValue("name")),
		})
	}
	if err != nil {
		s.requestPage(w, r, err)
		return
	}
	back(w, r, id+"?friend="+url.QueryEscape(invite))
}
