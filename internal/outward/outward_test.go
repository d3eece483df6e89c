package outward_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/outward"
	"github.com/friendpay/friendpay/internal/testkit"
)

func corpus(t testing.TB, name string) (list []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

func TestHostileAddressesAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range append(corpus(t, "hostile.txt"), "", "https://"+strings.Repeat("a.", 130)+"com/",
		"https://shop.example.com/"+strings.Repeat("a", 3000), "https://shop.example.com/\n",
		"\x00https://a.example.com") {
		require.ErrorIs(t, outward.Guard{}.Check(address), outward.ErrInside, address)
	}
	for _, address := range corpus(t, "outside.txt") {
		require.NoError(t, outward.Guard{}.Check(address), address)
	}
}

// Nothing hostile is dialled either, whoever wrote it into a row.
func TestHostileAddressesAreNotDialled(t *testing.T) {
	t.Parallel()
	for _, address := range corpus(t, "hostile.txt") {
		if _, err := url.Parse(address); err == nil { // else it is not even an address
			require.ErrorIs(t, call(t, outward.Guard{}, address), outward.ErrInside, address)
		}
	}
}

// FuzzAddresses holds what Check lets through against the standard library's reading.
func FuzzAddresses(f *testing.F) {
	for _, name := range []string{"hostile.txt", "outside.txt"} {
		for _, address := range corpus(f, name) {
			f.Add(address)
		}
	}
	f.Fuzz(func(t *testing.T, address string) {
		if (outward.Guard{}).Check(address) != nil {
			return
		}
		at, err := url.Parse(address)
		if err != nil || at.Scheme != "https" || at.User != nil || !strings.ContainsAny(at.Host, ".[") {
			t.Fatalf("took %q", address)
		}
		ip, err := netip.ParseAddr(at.Hostname())
		if err == nil && (!ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Unmap().IsLoopback()) {
			t.Fatalf("took %q", address)
		}
		if port := strings.TrimLeft(at.Port(), "0"); at.Port() != "" && port != "443" && port != "8443" {
			t.Fatalf("took %q", address)
		}
	})
}

// inside is a server of our own that knocks are counted at.
func inside(t *testing.T) (port string, knocks *atomic.Int64) {
	t.Helper()
	knocks = &atomic.Int64{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			knocks.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	require.NoError(t, err)
	return at.Port(), knocks
}

func call(t *testing.T, guard outward.Guard, address string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
	require.NoError(t, err)
	answer, err := guard.Transport().RoundTrip(request)
	if err == nil {
		answer.Body.Close()
	}
	return err
}

// A name is judged by what it means when it is dialled, so a name server that answers
// a checker one thing and a caller another wins nothing.
func TestANameIsJudgedByWhatItMeansWhenDialled(t *testing.T) {
	t.Parallel()
	port, knocks := inside(t)
	own := outward.Guard{
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolver: testkit.DNS("127.0.0.1", "127.0.0.2"),
	}
	address := "https://shop.example.com:" + port + "/hook"
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	err := call(t, own, address)
	require.True(t, errors.As(err, &untrusted) || errors.As(err, &unknown), "it was reached: %v", err)
	require.Equal(t, int64(1), knocks.Load())
	require.ErrorIs(t, call(t, own, address), outward.ErrInside, "the name means another machine now")
	require.Equal(t, int64(1), knocks.Load())

	for _, meaning := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"} {
		strict := outward.Guard{Resolver: testkit.DNS(meaning)}
		require.ErrorIs(t, call(t, strict, "https://shop.example.com/hook"), outward.ErrInside, meaning)
	}
	require.Equal(t, int64(1), knocks.Load())
}

func TestNetworksOfOnesOwnAreReachedOnAnyPort(t *testing.T) {
	t.Parallel()
	own := outward.Guard{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for _, address := range []string{
		"https://10.1.2.3/", "https://10.1.2.3:9000/", "https://[::ffff:10.1.2.3]/",
	} {
		require.NoError(t, own.Check(address), address)
	}
	for _, address := range []string{"https://10.2.0.1/", "http://10.1.2.3/", "https://u@10.1.2.3/"} {
		require.ErrorIs(t, own.Check(address), outward.ErrInside, address)
	}
}
