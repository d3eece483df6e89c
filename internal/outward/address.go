package outward

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// longest is the longest address, in bytes.
const longest = 2048

// name is a host name as DNS has it, of two labels or more. The last begins with a
// letter, which no way to write an IP address does.
var name = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// private are endings that the public DNS never has.
var private = []string{
	".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".arpa", ".test", ".invalid",
	".onion", ".alt", ".svc", ".private", ".localdomain",
}

// Check says whether an address may be stored and called: https, without a user, on
// a port for https, by a public name or IP address. What a name means is looked at
// again whenever it is dialled.
func (g Guard) Check(address string) error {
	if len(address) > longest || strings.ContainsFunc(address, foreign) {
		return ErrInside
	}
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "https" || at.User != nil || at.Opaque != "" || at.Fragment != "" {
		return ErrInside
	}
	ip, err := netip.ParseAddr(at.Hostname())
	isIP := err == nil
	switch {
	case isIP && !g.reaches(ip):
		return ErrInside
	case !isIP && !isName(at.Hostname()):
		return ErrInside
	case isIP && g.own(ip):
		return nil
	}
	return g.port(at.Port(), isIP)
}

// port allows any where a name may mean a host in the operator's own networks: there
// the dial decides.
func (g Guard) port(text string, isIP bool) error {
	port, err := strconv.ParseUint(text, 10, 16)
	if text == "" || err == nil && (slices.Contains(ports, uint16(port)) || !isIP && len(g.Networks) > 0) {
		return nil
	}
	return ErrInside
}

// foreign are characters that different programs read differently.
func foreign(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }

func isName(host string) bool {
	host = strings.ToLower(host)
	if len(host) > 253 || !name.MatchString(host) {
		return false
	}
	return !slices.ContainsFunc(private, func(end string) bool { return strings.HasSuffix(host, end) })
}
