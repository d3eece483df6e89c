package wechatpay

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
)

//go:embed codes.html
var codesText string

var codesPage = template.Must(template.New("codes").Parse(codesText))

// waitingCode is a code on somebody's screen.
type waitingCode struct {
	Code, Subject, Yuan string
}

// codesShown is how many codes the page lists at most.
const codesShown = 50

// showCodes lists the codes that wait on screens, for whoever has no phone at hand
// that could scan them.
func (p *Provider) showCodes(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = codesPage.Execute(w, p.waitingCodes()) // the browser may be gone
}

func (p *Provider) waitingCodes() []waitingCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.deps.Pace.Now()
	var waiting []*order
	for _, o := range p.orders {
		if o.Product == native && len(o.Captures) == 0 && !o.Closed && now.Before(o.ExpiresAt) {
			waiting = append(waiting, o)
		}
	}
	slices.SortFunc(waiting, func(a, b *order) int { return b.CreatedAt.Compare(a.CreatedAt) })
	list := make([]waitingCode, 0, len(waiting))
	for _, o := range waiting[:min(len(waiting), codesShown)] {
		fen := o.Call.Amount.Total
		list = append(list, waitingCode{o.Code, o.Call.Description, fmt.Sprintf("%d.%02d", fen/100, fen%100)})
	}
	return list
}
