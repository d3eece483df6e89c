package paysim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/unionpay"
)

const goldenFolder = "testdata/unionpay"

func goldenFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(goldenFolder, name))
	require.NoError(t, err)
	return string(text)
}

// goldenStall is a simulator of the account that make.sh made, at the time of its calls.
func goldenStall(t *testing.T) *till {
	t.Helper()
	read := func(name string) string { return goldenFile(t, name) }
	at := time.Date(2027, 3, 2, 11, 30, 30, 0, time.FixedZone("", 8*3600))
	return openTill(t, paysim.Options{
		Now: func() time.Time { return at }, Speed: 1e6,
		UnionPay: []unionpay.Account{{
			Name: "良品小店", MerID: "777290058110048",
			SignCert: read("merchant.pem"), PrivateKey: read("test-only-merchant-key.pem"), RootCert: read("root.pem"),
			RootKey: read("test-only-root-key.pem"), MiddleCert: read("middle.pem"),
			MiddleKey:    read("test-only-middle-key.pem"),
			UnionPayCert: read("unionpay.pem"), UnionPayKey: read("test-only-unionpay-key.pem"),
		}},
	})
}

// goldenCall is a call that openssl signed.
func goldenCall(t *testing.T, name string) pairs {
	t.Helper()
	call := pairs{"signature": goldenFile(t, name+".signature")}
	for line := range strings.Lines(goldenFile(t, name+".fields")) {
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		call[field] = value
	}
	return call
}

// openssl runs it and returns what it printed; a failure fails the test.
func openssl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
	require.NoError(t, err, "openssl %s: %s", strings.Join(args, " "), out)
	return string(out)
}

// opensslAccepts lets openssl check a message's chain, subject and signature.
func opensslAccepts(t *testing.T, said pairs) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	signer := write("signer.pem", []byte(said["signPubKeyCert"]+"\n"))
	openssl(t, "verify", "-CAfile", goldenFolder+"/root.pem", "-untrusted", goldenFolder+"/middle.pem", signer)
	subject := openssl(t, "x509", "-in", signer, "-noout", "-subject", "-nameopt", "utf8,-esc_msb")
	require.Contains(t, subject, "@中国银联股份有限公司@")
	serial := openssl(t, "x509", "-in", signer, "-noout", "-serial")
	require.Equal(t, "serial=012A05F202", strings.TrimSpace(serial))
	require.Equal(t, "5000000002", said["certId"])
	require.False(t, strings.HasSuffix(said["signPubKeyCert"], "\n"))

	signature, err := base64.StdEncoding.DecodeString(said["signature"])
	require.NoError(t, err)
	inner := sha256.Sum256([]byte(sortedLine(t, said)))
	public := write("public.pem", []byte(openssl(t, "x509", "-in", signer, "-noout", "-pubkey")))
	out := openssl(t, "dgst", "-sha256", "-verify", public, "-signature", write("signature", signature),
		write("inner", []byte(hex.EncodeToString(inner[:]))))
	require.Contains(t, out, "Verified OK")
}

// sortedLine lets the sort of the shell order the fields.
func sortedLine(t *testing.T, said pairs) string {
	t.Helper()
	var lines []string
	for name, value := range said {
		if name != "signature" {
			lines = append(lines, name+"="+strings.ReplaceAll(value, "\n", "\x01"))
		}
	}
	sort := exec.CommandContext(t.Context(), "sort")
	sort.Env = []string{"LC_ALL=C"}
	sort.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := sort.Output()
	require.NoError(t, err)
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(string(out), "\n"), "\n", "&"), "\x01", "\n")
}

func TestUnionPayAcceptsWhatOpensslSigned(t *testing.T) {
	t.Parallel()
	s := goldenStall(t)
	answer := s.post(frontDo, goldenCall(t, "wap"))
	require.Equal(t, http.StatusSeeOther, answer.status, string(answer.text))
	status, _ := s.simulate("/sim/unionpay/pay", members{"number": "GOLDENWAP0000000000000001"})
	require.Equal(t, http.StatusOK, status)
	for _, step := range []struct{ name, road, field string }{
		{"app", appDo, "tn"}, {"qr", backDo, "qrCode"}, {"pay", "", ""}, {"query", queryDo, "queryId"},
		{"refund", backDo, "queryId"}, {"file", fileRoad, "fileContent"},
	} {
		if step.road == "" {
			status, said := s.simulate("/sim/unionpay/pay", members{
				"number": "GOLDENQR00000000000000001", "coupon": 500,
			})
			require.Equal(t, http.StatusOK, status, said)
			continue
		}
		answer := s.post(step.road, goldenCall(t, step.name))
		said := answered(string(answer.text))
		require.Equal(t, "00", said["respCode"], string(answer.text))
		require.NotEmpty(t, said[step.field], step.name)
		opensslAccepts(t, said)
	}
}

func TestUnionPayRefusesWhatOpensslDidNotSign(t *testing.T) {
	t.Parallel()
	s := goldenStall(t)
	for _, name := range []string{"wap", "app", "qr", "query", "refund", "file"} {
		road := map[string]string{"wap": frontDo, "app": appDo, "query": queryDo, "file": fileRoad}[name]
		if road == "" {
			road = backDo
		}
		call := goldenCall(t, name)
		call["reqReserved"] = "more"
		answer := s.post(road, call)
		if name == "wap" {
			require.Equal(t, http.StatusBadRequest, answer.status)
			require.Contains(t, string(answer.text), "应答码：11")
			continue
		}
		said := answered(string(answer.text))
		require.Equal(t, "11", said["respCode"], name)
		opensslAccepts(t, said)
	}
}

func TestOpensslAcceptsANotification(t *testing.T) {
	t.Parallel()
	url, came := taking(t)
	s := goldenStall(t)
	call := s.ordered("qr", newNumber(), url)
	call["txnTime"] = "20270302113000"
	require.Equal(t, "00", s.tell(backDo, call)["respCode"])
	status, _ := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"], "coupon": 500})
	require.Equal(t, http.StatusOK, status)
	opensslAccepts(t, told(t, next(t, came)))
}
