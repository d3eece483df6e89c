package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// ShopWay is a way to pay that a friend has, or has not.
type ShopWay struct {
	Channel Channel
	Why     *ShopWhy // nil: he has it
}

// ShopWhy is why something cannot be had, and what to do instead.
type ShopWhy struct {
	Text   Spoken
	WayOut Spoken
}

// Whole is both, one after the other.
func (w ShopWhy) Whole() Spoken {
	return Spoken{ZH: w.Text.ZH + "。" + w.WayOut.ZH, EN: w.Text.EN + " " + w.WayOut.EN}
}

// Spoken is a text that comes in each language from elsewhere.
type Spoken struct{ ZH, EN string }

// FriendState is how it goes with one friend.
type FriendState string

// What may be known of a friend, the last that counts first.
const (
	FriendPaid     FriendState = "paid"
	FriendPaying   FriendState = "paying"
	FriendRevoked  FriendState = "revoked"
	FriendDeclined FriendState = "declined"
	FriendPledged  FriendState = "pledged"
	FriendOpened   FriendState = "opened"
	FriendUnopened FriendState = "unopened"
)

// FriendStates lists them all.
var FriendStates = []FriendState{
	FriendPaid, FriendPaying, FriendRevoked, FriendDeclined, FriendPledged, FriendOpened, FriendUnopened,
}

// FriendPlaces lists where a link may be meant to be sent; each is "friend.where." and its word.
var FriendPlaces = []string{"wechat", "wechat_group", "wechat_moments", "qq", "other"}

// ShopFriend is one link that the buyer made, and how it goes with whoever has it.
type ShopFriend struct {
	ID    string // of the invite
	No    int    // which of the links it is, from 1: what it is called without a name
	Name  string // the buyer's own word; empty: none
	Where string // one of FriendPlaces; empty: not said
	State FriendState
	At    time.Time // when he opened it, or means to pay; zero: neither
	Today bool      // At is today
	Times int       // how often it was opened
	Link  string    // empty: it cannot be paid by
	Text  string    // the words to be sent, with the link or what stands for it
	Code  string    // the short address of the link; empty for none
	QR    template.HTML
	Goes  string // where the page offers to send his link; empty: nowhere
	Shown bool   // it does so now
	Alone bool   // there is no other: he needs no name
}

// ShopInvite is the form that asks one more friend.
type ShopInvite struct {
	Request string
	Key     string // one form makes one link, however often it is sent
	Name    string
	Where   string
	Places  []string
	Problem *Problem
}

// ShopRevoke asks whether one link shall be taken back.
type ShopRevoke struct {
	Request string
	Friend  ShopFriend
	Others  bool // there are others, which stay as they are
}

// Typed is the code as it stands in the text to be sent; empty: it is not in it.
func (f ShopFriend) Typed() string {
	if f.Code == "" || !strings.Contains(f.Text, " "+f.Code) {
		return ""
	}
	return f.Code
}

// Before is the text to be sent up to the code in it, or all of it.
func (f ShopFriend) Before() string {
	if f.Typed() == "" {
		return f.Text
	}
	return f.Text[:strings.LastIndex(f.Text, " "+f.Code)+1]
}

// After is what follows the code.
func (f ShopFriend) After() string { return strings.TrimPrefix(f.Text, f.Before()+f.Typed()) }

// Sending says that the buyer has a link to send before all else: nobody is paying, or he has just picked it.
func (r ShopRequest) Sending() bool {
	return r.Shown != nil && (r.State == models.Open || !r.Shown.Alone)
}

// Unwilling are the friends who will not pay, while somebody else could.
func (r ShopRequest) Unwilling() []ShopFriend {
	if r.State != models.Open {
		return nil
	}
	return slices.DeleteFunc(r.everyone(), func(f ShopFriend) bool { return f.State != FriendDeclined })
}

// Nobody says that friends were asked and none of them has a link that still works.
func (r ShopRequest) Nobody() bool {
	dead := func(f ShopFriend) bool { return f.State == FriendDeclined || f.State == FriendRevoked }
	all := r.everyone()
	return r.State == models.Open && len(all) > 0 && len(slices.DeleteFunc(all, dead)) == 0
}

func (r ShopRequest) everyone() []ShopFriend { return slices.Concat(r.Friends, r.Rest) }
