package unionpay

import (
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

//go:embed codes.html
var codesText string

var codesPage = template.Must(template.New("codes").Parse(codesText))

// waitingCode is a code on somebody's screen.
type waitingCode struct{ Token, Subject, Yuan string }

// codesShown is how many codes the page lists at most.
const codesShown = 50

// showCodes lists the codes and app orders that wait, for whoever has no phone at
// hand that could scan them.
func (p *Provider) showCodes(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = codesPage.Execute(w, p.waitingCodes()) // the browser may be gone
}

func (p *Provider) waitingCodes() []waitingCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	var waiting []*order
	for _, o := range p.orders {
		if (o.Product == qr || o.Product == app) && p.payable(o) == nil {
			waiting = append(waiting, o)
		}
	}
	slices.SortFunc(waiting, func(a, b *order) int {
		if later := b.CreatedAt.Compare(a.CreatedAt); later != 0 {
			return later
		}
		return strings.Compare(a.number(), b.number())
	})
	list := make([]waitingCode, 0, len(waiting))
	for _, o := range waiting[:min(len(waiting), codesShown)] {
		list = append(list, waitingCode{o.Token, o.subject(), desk.Yuan(o.Amount)})
	}
	return list
}
