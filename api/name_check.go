package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// A stolen chat account asks with the thief's own order. So a friend may have to say who he
// thinks asks: the surname, or the last two digits of the phone, of the buyer as the merchant
// knows him. Whoever says another is stopped, and is never told more than that.

const (
	askerTries       = 3  // of one address at one link
	askerTriesOfLink = 12 // of all addresses: two digits are guessed in a hundred
	askerWindow      = 24 * time.Hour
)

// mustSay says that the session has not yet said who asks, where the app wants it said.
func mustSay(link store.Link) bool {
	return link.App.NameCheck == store.AlwaysCheck && !link.Told
}

// shownAsker is the asker's masked name: its first character is the check's answer, so it is
// hidden until that was given.
func shownAsker(link store.Link) string {
	if mustSay(link) {
		return ""
	}
	return link.Order.BuyerName
}

// askerFirst refuses who has not said who asks.
func askerFirst(link store.Link) error {
	if !mustSay(link) {
		return nil
	}
	return &models.Error{
		Code: models.Forbidden, Reason: "asker_first", Field: "asker", Message: "Say first who asks you.",
		Fix: "The surname, or the last two digits of the phone, of who asks.",
	}
}

// checkedLink is the link of the caller's session, if he has said who asks where he must.
func (s *Server) checkedLink(ctx context.Context) (store.Link, error) {
	link, err := s.ownLink(ctx)
	if err == nil {
		err = askerFirst(link)
	}
	return link, err
}

// sayAsker compares what was typed with what the merchant told. Invalid "asker_wrong" is one
// answer for a wrong word and for nothing to compare with; limited "asker_stop" comes after
// three of them, whatever is typed then.
func (s *Server) sayAsker(ctx context.Context, link store.Link, typed string) error {
	if strings.TrimSpace(typed) == "" {
		return askerFirst(link)
	}
	// Counted before it is compared, so that many at once are no more than three.
	tries := map[string]int{
		"asker:" + link.Invite.ID:                      askerTriesOfLink,
		"asker:" + link.Invite.ID + ":" + address(ctx): askerTries,
	}
	open := true
	for bucket, limit := range tries {
		_, allowed, err := s.Store.Hit(ctx, bucket, limit, askerWindow)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		open = open && allowed
	}
	surname, tail := readAsker(typed)
	known := s.Store.Asker(link.Order, surname, tail)
	switch {
	case !open:
		s.Log.WarnContext(ctx, "name check stopped", "request", link.Request.ID, "invite", link.Invite.ID)
		return models.Refuse(models.Limited, "asker_stop", "This was tried too often. Do not pay.")
	case !known:
		return &models.Error{
			Code: models.Invalid, Reason: "asker_wrong", Field: "asker", Message: "That is not who asks.",
			Fix: "Ask on another way whether it is really your friend.",
		}
	}
	for bucket := range tries { // who knows it may come again tomorrow
		if err := s.Store.GiveBack(ctx, bucket); err != nil {
			return err
		}
	}
	return nil
}

// readAsker reads what was typed as a surname, or as the last two digits of a phone.
func readAsker(typed string) (surname, tail string) {
	typed = strings.TrimSpace(norm.NFKC.String(typed)) // full-width digits, too
	if len(typed) == 2 && strings.Trim(typed, "0123456789") == "" {
		return "", typed
	}
	return surnameOf(typed), ""
}

// doubleSurnames are the usual Chinese surnames of two characters.
const doubleSurnames = "欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 轩辕 端木 百里 呼延 东郭 澹台"

// surnameOf is the surname in a whole name, or the name itself if it is one: the first
// character or two of a Chinese name, the last word of any other; in lower case.
func surnameOf(name string) string {
	name = strings.ToLower(strings.TrimSpace(norm.NFKC.String(name)))
	letters := []rune(name)
	switch {
	case len(letters) == 0:
		return ""
	case !unicode.Is(unicode.Han, letters[0]):
		words := strings.Fields(name)
		return words[len(words)-1]
	case len(letters) > 1 && strings.Contains(doubleSurnames, string(letters[:2])):
		return string(letters[:2])
	default:
		return string(letters[:1])
	}
}

type askerIn struct {
	Body struct {
		Asker string `json:"asker" maxLength:"64" doc:"The surname, or the last two digits of the phone."`
	}
}

type askerOut struct {
	SetCookie string `header:"Set-Cookie"`
}

// tellAsker is the check for programs; the session's cookie is replaced.
func (s *Server) tellAsker(ctx context.Context, in *askerIn) (*askerOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	cookie, err := s.checked(ctx, link, in.Body.Asker)
	if err != nil {
		return nil, err
	}
	return &askerOut{SetCookie: cookie.String()}, nil
}

// checked makes the session of who said who asks.
func (s *Server) checked(ctx context.Context, link store.Link, typed string) (*http.Cookie, error) {
	if err := s.sayAsker(ctx, link, typed); err != nil {
		return nil, err
	}
	p := caller(ctx)
	p.Checked = true
	return s.session(p)
}

// askerFromPage is the form of the page to pay on, for who came there without.
func (s *Server) askerFromPage(c echo.Context) error {
	ctx := c.Request().Context()
	link, err := s.ownLink(ctx)
	if err != nil {
		return err
	}
	channel := c.FormValue("channel")
	cookie, err := s.checked(ctx, link, c.FormValue("asker"))
	if reasonOf(err) == "asker_stop" {
		return s.stopPage(c, link)
	}
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, payAddress(channel))
}

// stopPage is where it ends for who does not know the asker: all that is left is a report.
func (s *Server) stopPage(c echo.Context, link store.Link) error {
	card := s.card(link)
	return s.notice(c, http.StatusTooManyRequests, web.Notice{Name: "stranger", Card: &card, MayReport: true})
}
