package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// hidden stands in a page that staff look at for what opens a link or a payment: whoever has
// it could act for somebody else.
const hidden = "hidden"

// Paint draws the page that one side saw at a moment by the functions that draw it live. It
// is the time machine's, and answers nobody.
func (s *Server) Paint(
	ctx context.Context, stage machine.Stage, locale web.Locale,
) (html, kind string, err error) {
	var page web.Page
	if stage.Side == machine.BuyerSide {
		page, err = s.buyerThen(stage)
	} else {
		page, err = s.friendThen(ctx, stage)
	}
	if err != nil {
		return "", "", err
	}
	drawn, err := s.pages.HTML(locale, page)
	if err != nil {
		return "", "", fmt.Errorf("draw: %w", err)
	}
	kind = string(page.Template)
	if page.Template == web.RequestPage {
		kind = machine.BuyerSide
	}
	return string(drawn), kind, nil
}

// friendThen is the page that a friend had before him: his result, if he held the slot or had
// paid; the page to pay on, if he had come in; else the link's own.
func (s *Server) friendThen(ctx context.Context, stage machine.Stage) (web.Page, error) {
	shown := scene{link: stage.Link, asked: stage.Facts, now: stage.At}
	payer := ""
	if stage.Link.Payer != nil {
		payer = stage.Link.Payer.ID
	}
	if own, found := newestOf(stage.Link); found && mine(stage.Link.Request, payer) {
		view := shown.result(own)
		showSince(&view, stage.Link.Request, own, stage.Since)
		var err error
		if view.Outcome == web.Waiting && stage.Shown != nil {
			err = showWay(&view, veiled(*stage.Shown), stage.At)
		}
		return resultPage(view, stage.Link.Request), err
	}
	if !stage.Entered {
		view, why, ok := shown.linkView()
		if !ok {
			return shown.whyNotPage(why, web.MineExchange), nil
		}
		return linkPage(view, s.Config.PublicURL), nil
	}
	view := shown.priced(web.Pay{})
	if why, ok := shown.whyNot(len(view.Channels)); !ok {
		return shown.whyNotPage(why, wayToResult(payer)), nil
	}
	if err := s.loginsThen(ctx, stage, payer, view.Channels); err != nil {
		return web.Page{}, err
	}
	view.Issuer = s.OpenID != nil
	return payPage(shown.payView(view)), nil
}

// loginsThen marks the channels that had to know the payer first: those at whose provider he
// was not known by then.
func (s *Server) loginsThen(
	ctx context.Context, stage machine.Stage, payer string, list []web.Channel,
) error {
	for i, shown := range list {
		c, _ := stage.Link.Channel(shown.ID)
		desk, err := s.desk(ctx, c)
		if err != nil {
			s.Log.WarnContext(ctx, "channel cannot be asked", "channel", c.ID, "error", err)
			continue
		}
		list[i].Login = desk.binds
		if !desk.binds || payer == "" {
			continue
		}
		known, err := s.Store.KnewSubject(ctx, payer, c.Provider, desk.app, stage.At)
		if err != nil {
			return err
		}
		list[i].Login = !known
	}
	return nil
}

// veiledLabel stands for what the buyer calls his friend: colleagues see that there was a name, not whose.
const veiledLabel = "＊＊"

// buyerThen is our own shop's page, which stands for that of any merchant: his is drawn from
// the same answers of ours.
func (s *Server) buyerThen(stage machine.Stage) (page web.Page, err error) {
	known := view.Known{Now: stage.At}
	told := viewRequest(stage.Link.Request, stage.Link.Order)
	told.ExtendableUntil = timeIfAny(extendableUntil(stage.Link.Request, stage.Link.Order, stage.At))
	tellSince(&told, stage.Link.Request, stage.Since)
	if err := asTold(told, &known.Request); err != nil {
		return page, err
	}
	if stage.Shown != nil {
		known.Own = &client.Presentation{}
		if err := asTold(veiled(*stage.Shown), known.Own); err != nil {
			return page, err
		}
	}
	if len(stage.Invites) > 0 {
		seen := stage.Link
		seen.Invite = stage.Invites[0]
		known.Preview = &client.CardPreview{}
		preview := previewOf(seen, seen.Card, viewAsked(seen, stage.Facts))
		if err := asTold(preview, known.Preview); err != nil {
			return page, err
		}
		known.Invites = make([]client.InviteView, len(stage.Invites))
	}
	for i, invite := range stage.Invites {
		if invite.Label != "" {
			invite.Label = veiledLabel
		}
		told := inviteView(stage.Link.Request, invite, s.veiledLink(stage, invite))
		if err := asTold(told, &known.Invites[i]); err != nil {
			return page, err
		}
	}
	return view.Request(known)
}

// asTold is an answer of ours as a merchant's client reads it.
func asTold(answer, into any) error {
	text, err := json.Marshal(answer)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("read our own answer: %w", err)
	}
	return nil
}

// veiledLink is a link that the buyer could send, without what opens it.
func (s *Server) veiledLink(stage machine.Stage, invite store.Invite) *LinkView {
	if invite.State != store.InviteLive {
		return nil
	}
	var allowed policy.Share
	if stage.Facts.Catalogue != nil {
		allowed = stage.Facts.Catalogue.ShareAt(invite.Surface, stage.At)
	}
	return s.linkAs(hidden, hidden, invite, allowed, stage.Link.Card.Message)
}

// veiled is where to pay without the address, which pays for whoever has it.
func veiled(shown providers.Presentation) providers.Presentation {
	if shown.URL != "" {
		shown.URL = "#" + hidden
	}
	return shown
}
