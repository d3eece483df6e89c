package providers_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestTheRegistryOpensWhatItKnows(t *testing.T) {
	t.Parallel()
	shared := &http.Client{}
	var given *http.Client
	factories := map[string]providers.Factory{
		"good": func(_ []byte, client *http.Client) (providers.Adapter, error) {
			given = client
			return nil, nil
		},
		"bad": func([]byte, *http.Client) (providers.Adapter, error) {
			return nil, errors.New("secret is missing")
		},
	}
	registry := providers.NewRegistry(factories, shared)
	delete(factories, "good") // the registry does not change with the map

	_, err := registry.Open("good", nil)
	require.NoError(t, err)
	require.Same(t, shared, given)
	_, err = registry.Open("bad", nil)
	require.EqualError(t, err, "open bad account: secret is missing")
	_, err = registry.Open("other", nil)
	require.Error(t, err)
	require.Equal(t, []string{"bad", "good"}, registry.Names())
}

func TestOnlyWhatIsKnownIsDefinite(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]providers.Class{
		200: providers.Ambiguous, 302: providers.Ambiguous, 400: providers.Definite, 404: providers.Definite,
		429: providers.Refused, 500: providers.Ambiguous, 502: providers.Ambiguous, 503: providers.Refused,
		0: providers.Ambiguous,
	} {
		require.Equal(t, want, providers.ClassOfStatus(status), status)
	}
	require.Equal(t, providers.Ambiguous, providers.ClassOf(errors.New("anything")))
	cause := errors.New("cause")
	failed := &providers.Error{Class: providers.Definite, Op: "create", Code: "X", Message: "no", Err: cause}
	require.Equal(t, providers.Definite, providers.ClassOf(errors.Join(errors.New("context"), failed)))
	require.ErrorIs(t, failed, cause)
}
