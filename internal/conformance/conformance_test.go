package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/conformance"
	"github.com/friendpay/friendpay/providers/providertest"
)

// output is what go test -json would say: a package, then its events as
// "action test" or "attr test key=value".
func output(name string, events ...string) string {
	var lines strings.Builder
	for _, e := range events {
		action, test, _ := strings.Cut(e, " ")
		test, attribute, _ := strings.Cut(test, " ")
		key, value, _ := strings.Cut(attribute, "=")
		lines.WriteString(`{"Action":"` + action + `","Package":"example.org/providers/` + name +
			`","Test":"` + test + `","Key":"` + key + `","Value":"` + value + `"}` + "\n")
	}
	return lines.String()
}

const (
	product = " " + providertest.ProductAttribute + "="
	left    = " " + providertest.WithoutAttribute + "="
	own     = " " + providertest.OwnAttribute + "="
)

var two = output("acme", "run TestContract", "run TestContract/wap", "attr TestContract/wap"+product+"wap",
	"run TestContract/wap/pay/exact", "pass TestContract/wap/pay/exact",
	"run TestContract/wap/notice/odd_is_refused", "attr TestContract/wap/notice/odd_is_refused"+own+"true",
	"pass TestContract/wap/notice/odd_is_refused",
	"run TestContract/wap/close/unpaid", "pass TestContract/wap/close/unpaid", "pass TestContract/wap",
	"run TestOther", "fail TestOther") +
	output("umbra", "attr TestContractInSmallMode"+product+"qr",
		"run TestContractInSmallMode/pay/exact", "pass TestContractInSmallMode/pay/exact",
		"run TestContractInSmallMode/close/unpaid",
		"attr TestContractInSmallMode/close/unpaid"+left+"no close", "pass TestContractInSmallMode/close/unpaid")

var both = []conformance.Subject{
	{Provider: "acme", Product: "wap"}, {Provider: "umbra", Product: "qr in small mode"},
}

func drawn(t *testing.T, text string, subjects []conformance.Subject) (string, error) {
	t.Helper()
	results, err := conformance.Read(strings.NewReader(text))
	require.NoError(t, err)
	return results.Table(subjects)
}

func TestWhatIsLeftOutDidNotPass(t *testing.T) {
	t.Parallel()
	table, err := drawn(t, two, both)
	require.NoError(t, err)
	require.Equal(t, `| | acme wap | umbra qr in small mode |
|---|---|---|
| `+"`pay/exact`"+` | ✓ | ✓ |
| `+"`notice/odd_is_refused`"+` | ✓ | n/a: of another protocol |
| `+"`close/unpaid`"+` | ✓ | n/a: no close |

3 checks, 2 products: 4 passed, 2 n/a, 0 failed, 0 did not run
`, table)
}

func TestNobodyIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text     string
		subjects []conformance.Subject
		want     string
	}{
		"failed":      {strings.Replace(two, "pass", "fail", 1), both, "acme wap: pay/exact: failed"},
		"fell silent": {strings.Replace(two, "pass", "output", 1), both, "acme wap: pay/exact: did not run"},
		"not run": {strings.Replace(two, "SmallMode/close/unpaid", "SmallMode/", 3), both,
			"umbra qr in small mode: close/unpaid: did not run"},
		"no test": {two, append([]conformance.Subject{{Provider: "new", Product: "wap"}}, both...),
			"new wap: there was"},
		"not listed": {two, both[:1], "umbra qr in small mode is not listed"},
	} {
		_, err := drawn(t, c.text, c.subjects)
		require.ErrorContains(t, err, c.want, name)
	}
	_, err := conformance.Read(strings.NewReader("FAIL\n"))
	require.Error(t, err)
}
