package shop

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
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

// tell says where a request stands.
func (p *pipe) tell(seq int64, state string) error {
	return p.send(fmt.Sprintf("id: %d\nevent: transition\ndata: {\"seq\":%d,\"state\":%q}\n\n", seq, seq, state))
}

func (p *pipe) send(text string) error {
	if err := p.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	if _, err := p.w.Write([]byte(text)); err != nil { //nolint:gosec // numbers and states, no page
		return err
	}
	return p.control.Flush()
}

// lastSeen is the seq that the page shows: what its browser remembers, or what it was drawn from.
func lastSeen(r *http.Request) (seq int64, ok bool) {
	raw := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after"), "0")
	seq, err := strconv.ParseInt(raw, 10, 64)
	return seq, err == nil && seq >= 0
}
