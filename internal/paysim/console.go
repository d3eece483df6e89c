package paysim

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"

	"github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/wechatpay"
)

// The limits of the switches.
const (
	maxSimBody  = 16 << 10
	defaultPage = 1000
	maxPage     = 10_000
)

//go:embed index.html
var indexPage []byte

// routes is everything the simulator serves. What stands for people and chaos
// is for this machine only.
func (s *Sim) routes() http.Handler {
	sim := http.NewServeMux()
	sim.HandleFunc("GET /sim/journal", s.showJournal)
	sim.HandleFunc("GET /sim/totals", s.showTotals)
	sim.HandleFunc("GET /sim/faults", s.showFaults)
	sim.HandleFunc("POST /sim/faults", s.addFault)
	sim.HandleFunc("DELETE /sim/faults", s.clearFaults)
	sim.HandleFunc("POST /sim/faults/release", s.release)
	sim.HandleFunc("POST /sim/reset", s.reset)
	sim.HandleFunc("GET /sim/sms", s.inbox.List)
	sim.HandleFunc("GET /sim/sms/inbox", s.inbox.Page)
	mux := http.NewServeMux()
	for _, r := range s.rails {
		r.SimRoutes(sim)
		r.Routes(mux)
	}
	s.login.Routes(mux)
	mux.HandleFunc("POST /sms/v1/messages", s.inbox.Send)
	mux.HandleFunc("GET /bridge.js", showBridges)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(indexPage) // the browser may be gone
	})
	// A page of another site must not work the switches through a developer's browser.
	mux.Handle("/sim/", local(http.NewCrossOriginProtection().Handler(sim)))
	return mux
}

// showBridges is one script for a page that may be open in either app.
func showBridges(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(slices.Concat(wechatpay.BridgeScript, alipay.BridgeScript)) // the browser may be gone
}

// local refuses callers from other machines, also those behind a proxy on this one.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr) // a bad address parses as none below
		ip, err := netip.ParseAddr(host)
		proxied := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
		if err != nil || !ip.Unmap().IsLoopback() || proxied {
			reply(w, http.StatusForbidden, refusal{"LOOPBACK_ONLY", "this is for the simulator's own machine"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (s *Sim) showJournal(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after, limit, err := paging(q.Get("after"), q.Get("limit"))
	if err != nil {
		reply(w, http.StatusBadRequest, refusal{"PARAM_INVALID", err.Error()})
		return
	}
	reply(w, http.StatusOK, s.journal.Read(journal.Filter{
		After: after, Limit: int(limit), Provider: q.Get("provider"),
		Account: q.Get("account"), Number: q.Get("number"), Kind: q.Get("kind"),
	}))
}

func paging(after, limit string) (int64, int64, error) {
	from, err1 := number(after, 0)
	size, err2 := number(limit, defaultPage)
	if err1 != nil || err2 != nil || from < 0 || size < 1 || size > maxPage {
		return 0, 0, errors.New("after is 0 or more, limit is 1 to 10000")
	}
	return from, size, nil
}

func number(text string, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// totals is the answer to GET /sim/totals. Captured and Refunded sum over all
// matching orders, Orders is one page of them.
type totals struct {
	Captured int64        `json:"captured"`
	Refunded int64        `json:"refunded"`
	Count    int          `json:"count"`
	Orders   []desk.Total `json:"orders"`
	Next     int64        `json:"next,omitempty"`
}

func (s *Sim) showTotals(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after, limit, err := paging(q.Get("after"), q.Get("limit"))
	if err != nil {
		reply(w, http.StatusBadRequest, refusal{"PARAM_INVALID", err.Error()})
		return
	}
	account, order := q.Get("account"), q.Get("number")
	var all []desk.Total
	for _, r := range s.rails {
		all = append(all, r.Totals(account, order)...)
	}
	desk.SortTotals(all)
	answer := totals{Count: len(all)}
	for _, total := range all {
		answer.Captured += total.Captured
		answer.Refunded += total.Refunded
	}
	from := min(after, int64(len(all)))
	to := min(from+limit, int64(len(all)))
	answer.Orders = all[from:to]
	if to < int64(len(all)) {
		answer.Next = to
	}
	reply(w, http.StatusOK, answer)
}

func (s *Sim) showFaults(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"faults": s.board.Rules(), "held": s.board.Held()})
}

func (s *Sim) addFault(w http.ResponseWriter, r *http.Request) {
	var rule faults.Rule
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSimBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rule); err != nil && !errors.Is(err, io.EOF) {
		reply(w, http.StatusBadRequest, refusal{"PARAM_INVALID", err.Error()})
		return
	}
	added, err := s.board.Add(rule)
	if err != nil {
		reply(w, http.StatusBadRequest, refusal{"PARAM_INVALID", err.Error()})
		return
	}
	reply(w, http.StatusCreated, added)
}

func (s *Sim) clearFaults(w http.ResponseWriter, _ *http.Request) {
	s.board.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sim) release(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]int{"released": s.board.Release()})
}

func (s *Sim) reset(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reset(); err != nil {
		reply(w, http.StatusInternalServerError, refusal{"SYSTEM_ERROR", err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the caller is gone; nobody is left to be told
	}
}
