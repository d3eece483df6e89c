package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was exported before a row was made takes the row away again, of empty parts, too.
func TestAnExportTakesAwayWhatWasMadeSince(t *testing.T) {
	withShop(t)
	text := staff(t, "catalogue", "export")
	require.Contains(t, text, "limits: []\n")
	require.Contains(t, text, "promotions: []\n")
	require.NotContains(t, text, "pay_limits")
	limit := []string{"app_id=app_1", "scope=pair", "per=day", "minor=500", "currency=CNY"}
	made := staff(t, byHand(append([]string{"catalogue", "set", "limits"}, limit...)...)...)
	require.Contains(t, made, "  limits app_1/pair//day")
	require.Contains(t, staff(t, "catalogue", "list", "limits", "--json"), `"family":"limits"`)
	file := filepath.Join(t.TempDir(), "catalogue.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	back := staff(t, byHand("catalogue", "import", file)...)
	require.Contains(t, back, "limits app_1/pair//day  taken away")
	require.Equal(t, text, staff(t, "catalogue", "export"))

	require.NoError(t, os.WriteFile(file, []byte("limits: []\npay_limits: []\n"), 0o600))
	_, _, err := run(t, byHand("staff", "catalogue", "import", file)...)
	require.ErrorContains(t, err, "bad_file")
}
