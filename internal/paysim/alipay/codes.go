package alipay

import (
	_ "embed"
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
	var open []*order
	for _, o := range p.orders {
		if o.Product == qr && p.payable(o) == nil {
			open = append(open, o)
		}
	}
	slices.SortFunc(open, func(a, b *order) int { return b.CodeAt.Compare(a.CodeAt) })
	list := make([]waitingCode, 0, len(open))
	for _, o := range open[:min(len(open), codesShown)] {
		list = append(list, waitingCode{o.Code, o.Call.Subject, yuan(int64(o.Call.Total))})
	}
	return list
}
