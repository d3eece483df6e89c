package wechatpay

import (
	"crypto/rand"
	"crypto/sha1" // what WeChat Pay hashes bills with
	"encoding/hex"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// billLife is how long the address of a bill serves; not scaled, since it is
// the merchant's machine that is in a hurry.
const billLife = 5 * time.Minute

var errMaking = fail(http.StatusBadRequest, "STATEMENT_CREATING", "账单生成中，请30分钟后重试")

// inGBK is the first of the columns' names in the letters of an older bill.
const inGBK = "\xbd\xbb\xd2\xd7\xca\xb1\xbc\xe4,\xb9\xab\xd6\xda\xd5\xcb\xba\xc5ID\r\n"

// bill is a file that is ready to be fetched.
type bill struct {
	mchID  string
	text   []byte
	zipped bool
	at     time.Time
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

func (b *bills) find(token, mchID string, now time.Time) (bill, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	file, known := b.files[token]
	return file, known && file.mchID == mchID && now.Sub(file.at) <= billLife
}

// tradeBill makes the bill of a day: payments and refunds.
func (p *Provider) tradeBill(c *call) answer {
	kind := c.request.URL.Query().Get("bill_type")
	if kind == "" {
		kind = "ALL"
	}
	if !slices.Contains([]string{"ALL", "SUCCESS", "REFUND"}, kind) {
		return badQuery("bill_type", kind, "账单类型不合法").answer()
	}
	return p.makeBill(c, func(lines []line) []byte { return tradeFile(lines, kind) })
}

// fundFlowBill makes the bill of a day: how the account's money moved.
func (p *Provider) fundFlowBill(c *call) answer {
	kind := c.request.URL.Query().Get("account_type")
	if kind != "" && kind != "BASIC" && kind != "OPERATION" && kind != "FEES" {
		return badQuery("account_type", kind, "资金账户类型不合法").answer()
	}
	return p.makeBill(c, func(lines []line) []byte {
		if kind == "OPERATION" || kind == "FEES" {
			return nil // nothing ever happens there
		}
		return fundFile(lines)
	})
}

// makeBill finds what moved on the asked day. Unless the simulator is strict with bills,
// today's bill tells what happened so far: nobody waits for tomorrow in a demo.
func (p *Provider) makeBill(c *call, write func([]line) []byte) answer {
	query, now := c.request.URL.Query(), p.deps.Pace.Now().In(shanghai)
	zip := query.Get("tar_type")
	day, err := time.ParseInLocation(time.DateOnly, query.Get("bill_date"), shanghai)
	switch {
	case err != nil:
		return badQuery("bill_date", query.Get("bill_date"), "账单日期格式为yyyy-MM-DD").answer()
	case zip != "" && zip != "GZIP":
		return badQuery("tar_type", zip, "压缩类型只支持GZIP").answer()
	case day.Before(now.AddDate(0, -3, 0)):
		return badQuery("bill_date", query.Get("bill_date"), "仅支持三个月内的账单下载申请").answer()
	case p.deps.Strict && !p.deps.EarlyBills && now.Before(day.AddDate(0, 0, 1).Add(10*time.Hour)):
		return errMaking.answer()
	}
	return p.handOut(c, p.ledger(c, day), write)
}

// handOut writes the file and says where it is to be had, or that there is none.
func (p *Provider) handOut(c *call, lines []line, write func([]line) []byte) answer {
	var text []byte
	if len(lines) > 0 {
		text = write(lines)
	}
	switch {
	case c.rule.Mode == faults.Making:
		return errMaking.answer()
	case text == nil || c.rule.Mode == faults.Missing:
		return fail(http.StatusBadRequest, "NO_STATEMENT_EXIST", "账单文件不存在").answer()
	case c.rule.Mode == faults.Garbage:
		text = []byte(inGBK)
	}
	digest := sha1.Sum(text)
	if c.rule.Mode == faults.BadHash {
		digest[0]++
	}
	zip := c.request.URL.Query().Get("tar_type") != ""
	token := p.bills.keep(bill{c.merchant.MchID, text, zip, p.deps.Pace.Now()})
	return answer{http.StatusOK, map[string]string{
		"hash_type": "SHA1", "hash_value": hex.EncodeToString(digest[:]),
		"download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=" + token,
	}}
}
