package alipay

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// billLife is how long the address of a bill serves; not scaled, since it is the
// merchant's machine that is in a hurry.
const billLife = 30 * time.Second

// bill is a file that is ready to be fetched.
type bill struct {
	lines  []line
	seller string
	day    time.Time
	at     time.Time
	spoilt faults.Mode
}

// bills are the files handed out lately, by token.
type bills struct {
	mu    sync.Mutex
	files map[string]bill
}

func (b *bills) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files = map[string]bill{}
}

// keep gives a file its token and forgets those whose time is over.
func (b *bills) keep(file bill) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for token, old := range b.files {
		if file.at.Sub(old.at) > billLife {
			delete(b.files, token)
		}
	}
	token := rand.Text() + rand.Text()
	b.files[token] = file
	return token
}

func (b *bills) find(token string, now time.Time) (bill, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	file, known := b.files[token]
	return file, known && now.Sub(file.at) <= billLife
}

// billURL makes the bill of a day. Unless the simulator is strict, today's tells
// what happened so far: nobody waits for tomorrow in a demo.
func (p *Provider) billURL(c *call) (body, *failure) {
	var wanted struct {
		Type string `json:"bill_type"`
		Date string `json:"bill_date"`
	}
	if refusal := c.read(&wanted); refusal != nil {
		return nil, refusal
	}
	day, err := time.ParseInLocation(time.DateOnly, wanted.Date, shanghai)
	now := p.deps.Pace.Now().In(shanghai)
	switch {
	case wanted.Type != "trade":
		return nil, invalid("bill-type", "账单类型不支持")
	case err != nil:
		return nil, invalid("bill-date", "账单日期格式为yyyy-MM-dd")
	case c.rule.Mode == faults.Missing, c.rule.Mode == faults.Making,
		p.deps.Strict && now.Before(day.AddDate(0, 0, 1).Add(9*time.Hour)):
		return nil, errBillMissing
	}
	lines := p.ledger(c, day)
	if len(lines) == 0 {
		return nil, errBillMissing
	}
	token := p.bills.keep(bill{lines, c.merchant.SellerID, day, now, c.rule.Mode})
	return body{
		"code": codeOK, "msg": outerWords[codeOK],
		"bill_download_url": p.publicURL(c.request) + "/alipay/bill?" + url.Values{
			"bizType": {"trade"}, "token": {token},
			"downloadFileName": {c.merchant.SellerID + "_" + day.Format("20060102") + ".csv.zip"},
		}.Encode(),
	}, nil
}

// line is money that moved: a payment, or with Refund one that went back.
type line struct {
	at     time.Time
	order  *order
	payer  string
	minor  int64
	fee    int64 // that is kept of a payment, or given back with a refund
	coupon int64
	refund *refund
}

// number is the merchant's own, of the payment or of the refund.
func (l line) number() string {
	if l.refund != nil {
		return l.refund.Request
	}
	return l.order.Call.Number
}

// phantom is a payment that nobody made, at noon.
func phantom(day time.Time, rule faults.Rule) line {
	at := day.Add(12 * time.Hour)
	o := &order{Trade: day.Format("20060102") + "22001" + digits(15), TradeAt: at}
	o.Call.Number, o.Call.Subject = cmp.Or(rule.Number, rand.Text()[:26]), "phantom"
	minor := cmp.Or(rule.Minor, 100)
	return line{at, o, newUser(), minor, fee(minor), 0, nil}
}

// ledger is what moved on a day, as the rule of the call will have it.
func (p *Provider) ledger(c *call, day time.Time) []line {
	return faults.Distort(c.rule, p.linesOf(c.merchant, day), faults.Rows[line]{
		Number: line.number, Amount: func(l *line) *int64 { return &l.minor },
		Fee:     func(l *line) *int64 { return &l.fee },
		Phantom: func() line { return phantom(day, c.rule) },
	})
}

// linesOf finds what moved for a merchant on a day in Shanghai, oldest first.
func (p *Provider) linesOf(m *merchant, day time.Time) []line {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []line
	on := func(at time.Time) bool { return !at.Before(day) && at.Before(day.AddDate(0, 0, 1)) }
	for _, o := range p.orders {
		if o.SellerID != m.SellerID {
			continue
		}
		for _, c := range o.Captures {
			if on(c.At) {
				lines = append(lines, line{c.At, o, c.Payer, c.Minor, fee(c.Minor), c.Coupon, nil})
			}
		}
		for _, number := range o.Refunds {
			if r := p.refunds[key(o.key(), number)]; r.Status == done && on(r.DoneAt) {
				lines = append(lines, line{r.DoneAt, o, o.Payer, r.Minor, fee(r.Minor), r.Coupon, r})
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		if order := a.at.Compare(b.at); order != 0 {
			return order
		}
		return strings.Compare(a.order.Call.Number, b.order.Call.Number)
	})
	return lines
}

// download hands out a bill to whoever knows its address; nothing is signed.
func (p *Provider) download(w http.ResponseWriter, r *http.Request) {
	rule := p.desk.Spoil(faults.Download)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	status := p.desk.Before(ctx, rule)
	file, known := p.bills.find(r.URL.Query().Get("token"), p.deps.Pace.Now())
	if status == 0 && (!known || rule.Mode == faults.ExpiredURL) {
		status = http.StatusForbidden
	}
	if status == 0 {
		status = p.desk.After(ctx, rule)
	}
	switch status {
	case 0:
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="`+r.URL.Query().Get("downloadFileName")+`"`)
		_, _ = w.Write(file.zip(cmp.Or(rule.Mode, file.spoilt))) // the caller may be gone
	case http.StatusFound:
		http.Redirect(w, r, "/alipay/elsewhere", status)
	default:
		http.Error(w, "链接已失效", status)
	}
}
