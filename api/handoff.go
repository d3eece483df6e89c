package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// Where nothing works in the app that a link is open in, its friend goes on in another one
// by a code. It is one of those that are typed at /c, good once and for two minutes, and
// takes along the link, the way to pay that he picked and that he has said who asks. It
// takes no login along: whoever has the code may be somebody else.

// handoffsPerLink and handoffsPerAddress bound the codes in an hour.
const (
	handoffsPerLink    = 60
	handoffsPerAddress = 20
)

// handoffKey is where a call keeps the hash of the code that it came by.
const handoffKey = "handoff"

type handoffIn struct {
	Body struct {
		Channel string `json:"channel,omitempty" maxLength:"64" doc:"Picked before, to be taken along."`
	}
}

type handoffOut struct{ Body HandoffView }

// HandoffView is a way on into another browser.
type HandoffView struct {
	Code      string    `json:"code" doc:"To type at /c."`
	URL       string    `json:"url" doc:"To open, or to draw as a picture."`
	ExpiresAt time.Time `json:"expires_at" doc:"In two minutes; it is good once."`
}

func (s *Server) createHandoff(ctx context.Context, in *handoffIn) (*handoffOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.handoff(ctx, caller(ctx), link, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	return &handoffOut{Body: view}, nil
}

func (s *Server) handoff(
	ctx context.Context, p Principal, link store.Link, channel string,
) (HandoffView, error) {
	if err := usable(link); err != nil {
		return HandoffView{}, err
	}
	if link.Invite.ForContact() { // in another browser nobody knows who he is
		return HandoffView{}, errForContact
	}
	if err := s.within(ctx, "handoffs:"+link.Invite.ID, handoffsPerLink, time.Hour); err != nil {
		return HandoffView{}, err
	}
	if err := s.within(ctx, "handoffs:from:"+address(ctx), handoffsPerAddress, time.Hour); err != nil {
		return HandoffView{}, err
	}
	place := store.Handoff{Invite: link.Invite.ID, Checked: p.Checked}
	if _, known := link.Channel(channel); known {
		place.Channel = channel
	}
	code := token.FreshCode()
	until, err := s.Store.BeginHandoff(ctx, s.Links.CodeHash(code), place)
	if err != nil {
		return HandoffView{}, err
	}
	return HandoffView{Code: code, URL: s.Config.PublicURL + "/c/" + code, ExpiresAt: until.UTC()}, nil
}

// handoffFromPage is the button of a page that has a session.
func (s *Server) handoffFromPage(c echo.Context) error {
	link, err := s.ownLink(c.Request().Context())
	if err != nil {
		return err
	}
	return s.handoffPage(c, caller(c.Request().Context()), link, c.FormValue("channel"))
}

func (s *Server) handoffPage(c echo.Context, p Principal, link store.Link, channel string) error {
	view, err := s.handoff(c.Request().Context(), p, link, channel)
	if err != nil {
		return err
	}
	picture, err := web.DrawQR(view.URL)
	if err != nil {
		return err
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.HandoffPage, View: web.Handoff{
		Card: s.card(link), Code: view.Code, At: s.Config.PublicURL + "/c", QR: picture,
		Wait: s.left(view.ExpiresAt), Channel: channel, Blocked: saysBlocked(c, link),
	}})
}

// linkByHandoff finds the link of who comes by such a code. Looking at it uses nothing up:
// previews look, too.
func (s *Server) linkByHandoff(c echo.Context) (store.Link, error) {
	ctx, hash := c.Request().Context(), s.Links.CodeHash(c.Param("code"))
	place, err := s.Store.Handoff(ctx, hash)
	if models.CodeOf(err) == models.NotFound {
		return store.Link{}, unknownCode(s.miss(ctx))
	}
	if err != nil {
		return store.Link{}, err
	}
	c.Set(handoffKey, hash)
	link, err := s.Store.Link(ctx, place.Invite, "")
	link.Told = place.Checked
	return link, err
}

// arrive uses the code up that a visitor came by; nothing for who came by a link.
func (s *Server) arrive(c echo.Context) (store.Handoff, error) {
	hash, by := c.Get(handoffKey).([]byte)
	if !by {
		return store.Handoff{}, nil
	}
	place, err := s.Store.TakeHandoff(c.Request().Context(), hash)
	if models.CodeOf(err) == models.NotFound { // somebody was faster
		err = errUnknownCode
	}
	return place, err
}

// errUnknownCode is for a code that leads nowhere: most likely it was good once, or for two minutes.
var errUnknownCode = &models.Error{
	Code: models.NotFound, Reason: "unknown_code", Message: "This code is wrong, used up or too old.",
	Fix: "Make a new one where you got it.",
}

func unknownCode(miss error) error {
	if models.CodeOf(miss) == models.NotFound {
		return errUnknownCode
	}
	return miss
}
