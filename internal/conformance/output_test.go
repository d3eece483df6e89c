package conformance_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/conformance"
)

// What a real contract test writes is what is read here.
func TestARealContractTestIsRead(t *testing.T) {
	t.Parallel()
	run := exec.CommandContext(t.Context(), "go", "test", "-json",
		"-run", "^TestContract$/^refund$/^(number|whole)", "../../providers/providertest/toy")
	text, err := run.Output()
	require.NoError(t, err, string(text))
	table, err := drawn(t, string(text), []conformance.Subject{{Provider: "toy", Product: "page"}})
	require.NoError(t, err)
	require.Contains(t, table, "| `refund/whole` | ✓ |")
	require.Contains(t, table, "| `refund/number_of_parts_is_limited` | n/a: there is no limit worth a check |")
}
