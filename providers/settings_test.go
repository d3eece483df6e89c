package providers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestSettingsAreReadStrictlyAndNeverQuoted(t *testing.T) {
	t.Parallel()
	type known struct {
		Name string `json:"name"`
	}
	var read known
	require.NoError(t, providers.ReadSettings([]byte(" {\"name\":\"a\"}\n"), &read))
	require.Equal(t, known{Name: "a"}, read)
	for settings, want := range map[string]string{
		`{"title":"canary"}`:                `there is no setting "title"`,
		`{"name":{"canary":1}}`:             `the setting "name" is of the wrong kind`,
		`{"name":"canary"}{"name":"other"}`: "more follows",
		`{"name":"canary"}}`:                "more follows",
		`{"name":"canary`:                   "not JSON",
		`["canary"]`:                        "not JSON",
		``:                                  "not JSON",
	} {
		err := providers.ReadSettings([]byte(settings), &known{})
		require.ErrorContains(t, err, want, settings)
		require.NotContains(t, err.Error(), "canary")
	}
}
