package local

import (
	"cmp"
	"errors"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// rail is the demo merchant's account at one provider, and the ways to pay through it.
type rail struct {
	account, provider string
	settings          []byte
	zh, en            string
	fee               int64         // that was agreed, in hundredths of a percent
	close             time.Duration // how long the provider wants an order to be left alone
	ways              []way
}

// way is a product with its place in the list and the surfaces on which it works.
type way struct {
	product  string
	position int
	surfaces []string
	special  special
}

// special is a way that is known by a name of its own, because the money may come from one
// place only. The zero value is for all others.
type special struct {
	id, kind, zh, en string
	funding          []string
}

// rails are the providers of the world; mockpay, for development, is beside them.
func (h *House) rails() ([]rail, error) {
	wechat, err1 := h.wechatRail()
	ali, err2 := h.alipayRail()
	union, err3 := h.unionpayRail()
	return []rail{wechat, ali, union}, errors.Join(err1, err2, err3)
}

func (r rail) row() store.Account {
	return store.Account{
		ID: r.account, Provider: r.provider, App: DemoApp, Settings: r.settings, State: store.AccountActive,
		FeeBasisPoints: r.fee,
	}
}

// channels are named after provider and product: alipay_wap.
func (r rail) channels() []store.Channel {
	var list []store.Channel
	for _, w := range r.ways {
		s := w.special
		list = append(list, store.Channel{
			ID: cmp.Or(s.id, r.provider+"_"+w.product), App: DemoApp, Provider: r.provider, Account: r.account,
			Product: w.product, Kind: cmp.Or(s.kind, "wallet"), NameZH: cmp.Or(s.zh, r.zh), NameEN: cmp.Or(s.en, r.en),
			Brand: r.zh, Position: w.position, Funding: s.funding,
			Min: models.CNY(1), Max: models.CNY(5_000_000), MinCloseSeconds: int64(r.close.Seconds()),
			Surfaces: w.surfaces, Enabled: true,
		})
	}
	return list
}
