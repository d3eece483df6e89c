// Package outward is the way to addresses that merchants wrote: webhooks and order
// hooks. It leads to the public internet only, so that nobody makes our machines
// call machines of ours, or the cloud's, on his behalf.
package outward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// ErrInside is an address that does not lead outside. It does not say which: the
// answer to a hostile address is no map of the network.
var ErrInside = errors.New("the address does not lead to a public https server")

// ports are where merchants' systems listen.
var ports = []uint16{443, 8443}

// Guard knows what is outside.
type Guard struct {
	// Networks are an operator's own in which merchants' systems live; any port there.
	Networks []netip.Prefix
	// Resolver finds addresses of names; nil: the machine's.
	Resolver *net.Resolver
}

// Transport refuses addresses that Check refuses, and connections to what a name
// turns out to mean at the moment of dialling: a name may mean one thing when it is
// checked and another when it is called. It asks no proxy, which would dial unchecked.
func (g Guard) Transport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Resolver: g.Resolver, ControlContext: g.control}
	return guarded{guard: g, next: &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 100, MaxConnsPerHost: 20,
		IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 32 << 10,
	}}
}

type guarded struct {
	guard Guard
	next  *http.Transport
}

// RoundTrip refuses before anything is resolved or sent.
func (g guarded) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := g.guard.Check(request.URL.String()); err != nil {
		return nil, err
	}
	return g.next.RoundTrip(request)
}

// CloseIdleConnections lets http.Client close what is open and unused.
func (g guarded) CloseIdleConnections() { g.next.CloseIdleConnections() }

// control sees each connection between its name's resolution and its first packet.
func (g Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("dial: %w", ErrInside)
	}
	if !g.reaches(to.Addr()) || !g.own(to.Addr()) && !slices.Contains(ports, to.Port()) {
		return fmt.Errorf("dial: %w", ErrInside)
	}
	return nil
}

// reaches says that an address is public, or in one of the operator's own networks.
func (g Guard) reaches(ip netip.Addr) bool { return g.own(ip) || public(ip) }

func (g Guard) own(ip netip.Addr) bool {
	return slices.ContainsFunc(g.Networks, func(n netip.Prefix) bool { return n.Contains(ip.Unmap()) })
}
