package shop

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pipe writes server-sent events to one browser, with a deadline for each.
type pipe struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (p *pipe) open() error {
	p.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	return p.send("retry: 3000\n\n")
}

// place is how far a page has come: the seq of its request, and the version of its links.
type place struct{ seq, version int64 }

// tell says that there is more to see than a page shows.
func (p *pipe) tell(at place) error {
	return p.send(fmt.Sprintf("id: %d-%d\nevent: transition\ndata: {\"seq\":%d,\"version\":%d}\n\n",
		at.seq, at.version, at.seq, at.version))
}

func (p *pipe) send(text string) error {
	if err := p.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	if _, err := p.w.Write([]byte(text)); err != nil {
		return err
	}
	return p.control.Flush()
}

// lastSeen is what the page shows: what its browser remembers, or what it was drawn from.
func lastSeen(r *http.Request) (at place, ok bool) {
	raw := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after"), "0-0")
	seq, version, _ := strings.Cut(raw, "-")
	var wrong, bad error
	at.seq, wrong = strconv.ParseInt(seq, 10, 64)
	at.version, bad = strconv.ParseInt(version, 10, 64)
	return at, wrong == nil && bad == nil && at.seq >= 0 && at.version >= 0
}
