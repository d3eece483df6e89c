package view

import (
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

const (
	atOnce     = 6  // friends that the page lists at once
	maxInvites = 50 // links that one request has at most
)

// showFriends lists who was asked. Of one alone the link is offered at once, of several when the buyer
// says whose.
func (k Known) showFriends(view *web.ShopRequest) (err error) {
	var all []web.ShopFriend
	for i, invite := range k.Invites {
		friend, err := k.friend(i, invite)
		if err != nil {
			return err
		}
		if friend.Shown = k.Unpaid() && (friend.Alone || invite.ID == k.Shown); friend.Shown {
			view.Shown = &friend
		}
		all = append(all, friend)
	}
	slices.Reverse(all) // the newest first
	slices.SortStableFunc(all, func(a, b web.ShopFriend) int { return urgency(a) - urgency(b) })
	view.Friends = all
	if len(all) > atOnce+1 { // to fold away one alone saves nothing
		view.Friends, view.Rest = all[:atOnce], all[atOnce:]
	}
	view.MayAdd = k.Unpaid() && len(all) < maxInvites
	return nil
}

// urgency puts on top who pays or has paid, and at the end whose link is dead.
func urgency(f web.ShopFriend) int {
	switch f.State {
	case web.FriendPaid, web.FriendPaying:
		return 0
	case web.FriendRevoked:
		return 2
	default:
		return 1
	}
}

// Friend is one of them, for a page about him; unknown is false.
func (k Known) Friend(id string) (friend web.ShopFriend, known bool, err error) {
	i := slices.IndexFunc(k.Invites, func(invite client.InviteView) bool { return invite.ID == id })
	if i < 0 {
		return friend, false, nil
	}
	friend, err = k.friend(i, k.Invites[i])
	return friend, true, err
}

func (k Known) friend(i int, invite client.InviteView) (friend web.ShopFriend, err error) {
	friend = web.ShopFriend{
		ID: invite.ID, No: i + 1, Times: int(invite.OpenedCount), Alone: len(k.Invites) == 1, Where: "other",
	}
	if invite.Label != nil {
		friend.Name = *invite.Label
	}
	if invite.Surface != nil && slices.Contains(web.FriendPlaces, *invite.Surface) {
		friend.Where = *invite.Surface
	}
	friend.State, friend.At = how(invite)
	day := func(at time.Time) string { return at.In(models.Shanghai).Format(time.DateOnly) }
	friend.Today = day(k.Now) == day(friend.At)
	if !k.Unpaid() {
		return friend, nil
	}
	friend.Goes = "/shop/requests/" + k.Request.ID + "?friend=" + invite.ID
	if invite.Link == nil {
		return friend, nil
	}
	friend.Link, friend.Text = invite.Link.URL, invite.Link.ShareText
	if invite.Link.Code != nil {
		friend.Code = *invite.Link.Code
	}
	if invite.Link.Qr != nil {
		friend.QR, err = web.DrawQR(invite.Link.URL)
	}
	return friend, err
}

// how it goes with whoever has a link, and when he opened it or means to pay.
func how(invite client.InviteView) (state web.FriendState, at time.Time) {
	yes := func(fact *bool) bool { return fact != nil && *fact }
	switch {
	case yes(invite.Paid):
		return web.FriendPaid, at
	case yes(invite.Paying):
		return web.FriendPaying, at
	case invite.State == client.InviteViewStateRevoked:
		return web.FriendRevoked, at
	case invite.State == client.InviteViewStateDeclined:
		return web.FriendDeclined, at
	case invite.PledgedFor != nil:
		return web.FriendPledged, *invite.PledgedFor
	case invite.FirstOpenedAt != nil:
		return web.FriendOpened, *invite.FirstOpenedAt
	}
	return web.FriendUnopened, at
}

// Ways says by what a friend may pay and by what not, each name once: whether one of several products of
// a name works is what counts.
func Ways(told client.EligibilityView) (ways []web.ShopWay) {
	known := func(channel web.Channel) bool {
		return slices.ContainsFunc(ways, func(w web.ShopWay) bool { return w.Channel.NameZH == channel.NameZH })
	}
	for _, c := range told.Channels {
		channel := web.Channel{ID: c.ID, NameZH: c.NameZh, NameEN: c.NameEn}
		if c.Quote != nil {
			channel.Pays = Money(c.Quote.PayerPays)
			for _, d := range c.Quote.Discounts {
				channel.Saved = append(channel.Saved, web.Saving{Sponsor: string(d.Sponsor), Amount: Money(d.Amount)})
			}
		}
		if !known(channel) {
			ways = append(ways, web.ShopWay{Channel: channel})
		}
	}
	for _, reason := range told.LeftOut {
		channel := web.Channel{NameZH: text(reason.NameZh), NameEN: text(reason.NameEn)}
		if channel.NameZH+channel.NameEN != "" && !known(channel) {
			why := because(reason)
			ways = append(ways, web.ShopWay{Channel: channel, Why: &why})
		}
	}
	return ways
}

// WhyNot is why no friend can be asked. Where nothing is offered at all, nothing is said.
func WhyNot(told client.EligibilityView) (why []web.ShopWhy) {
	if told.State != client.EligibilityViewStateDisabled {
		return nil
	}
	for _, reason := range told.Reasons {
		why = append(why, because(reason))
	}
	return why
}

func because(r client.ReasonView) web.ShopWhy {
	return web.ShopWhy{
		Text:   web.Spoken{ZH: strings.TrimSuffix(r.Zh, "。"), EN: r.En},
		WayOut: web.Spoken{ZH: text(r.WayOutZh), EN: text(r.WayOutEn)},
	}
}

func text(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}
