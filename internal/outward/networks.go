package outward

import (
	"net/netip"
	"slices"
)

// reserved are the special-purpose networks of RFC 6890 and its registries, and the
// ways to write an IPv4 address inside an IPv6 one, which gateways translate back.
var reserved = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// worldwide is where public IPv6 addresses come from; 64:ff9b::/96, fc00::/7 and
// fe80::/10 lie outside.
var worldwide = netip.MustParsePrefix("2000::/3")

// public says that an address belongs to somebody on the internet.
func public(ip netip.Addr) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if ip.Is6() && !worldwide.Contains(ip) {
		return false
	}
	return ip.IsValid() && !slices.ContainsFunc(reserved, func(n netip.Prefix) bool { return n.Contains(ip) })
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
