package codec_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/vault"
)

const canary = "canary-13800138000"

func sealed(t *testing.T, keyID string) client.Options {
	t.Helper()
	key := vault.Key{ID: keyID, Secret: bytes.Repeat([]byte{9}, 32)}
	keys, err := vault.New(bytes.Repeat([]byte{7}, 32), key)
	require.NoError(t, err)
	var options client.Options
	codec.Seal(&options, keys)
	return options
}

func TestNothingReadableTravels(t *testing.T) {
	options := sealed(t, "k1")
	payloads, err := options.DataConverter.ToPayloads(canary)
	require.NoError(t, err)
	wire, err := proto.Marshal(payloads)
	require.NoError(t, err)
	require.NotContains(t, string(wire), canary)
	var back string
	require.NoError(t, options.DataConverter.FromPayloads(payloads, &back))
	require.Equal(t, canary, back)

	failure := options.FailureConverter.ErrorToFailure(errors.New(canary))
	wire, err = proto.Marshal(failure)
	require.NoError(t, err)
	require.NotContains(t, string(wire), canary)
}

func TestHistoriesFromBeforeSealingStillRead(t *testing.T) {
	plain, err := converter.GetDefaultDataConverter().ToPayloads(canary)
	require.NoError(t, err)
	var back string
	require.NoError(t, sealed(t, "k1").DataConverter.FromPayloads(plain, &back))
	require.Equal(t, canary, back)
}

func TestAStrangersKeyOpensNothing(t *testing.T) {
	payloads, err := sealed(t, "k1").DataConverter.ToPayloads(canary)
	require.NoError(t, err)
	var back string
	require.Error(t, sealed(t, "other").DataConverter.FromPayloads(payloads, &back))
}
