package codec_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/vault"
)

const canary = "canary-13800138000"

// vaultOf seals with the first key and opens with any of them; a key follows from its id.
func vaultOf(t testing.TB, ids ...string) *vault.Vault {
	t.Helper()
	var list []vault.Key
	for _, id := range ids {
		secret := sha256.Sum256([]byte(id))
		list = append(list, vault.Key{ID: id, Secret: secret[:]})
	}
	keys, err := vault.New(bytes.Repeat([]byte{7}, 32), list...)
	require.NoError(t, err)
	return keys
}

func sealed(t *testing.T, ids ...string) client.Options {
	t.Helper()
	var options client.Options
	codec.Seal(&options, vaultOf(t, ids...))
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

// A sealed payload names its key, so that histories outlive a change of keys.
func TestOldHistoriesOpenAfterAChangeOfKeys(t *testing.T) {
	old, err := sealed(t, "k1").DataConverter.ToPayload(canary)
	require.NoError(t, err)
	var back string
	require.NoError(t, sealed(t, "k2", "k1").DataConverter.FromPayload(old, &back))
	require.Equal(t, canary, back)
	fresh, err := sealed(t, "k2", "k1").DataConverter.ToPayload(canary)
	require.NoError(t, err)
	require.Contains(t, string(fresh.GetData()[:8]), "k2")
	require.Error(t, sealed(t, "k1").DataConverter.FromPayload(fresh, &back))
	require.Error(t, sealed(t, "k2").DataConverter.FromPayload(old, &back))
}

// A failure is sealed with all its causes and details, not its first line only.
func TestNothingReadableTravelsInFailures(t *testing.T) {
	options := sealed(t, "k1")
	cause := temporal.NewApplicationError(canary+" inside", "kind", canary+" detail")
	wrapped := fmt.Errorf("wrapped %s: %w", canary, cause)
	details := map[string]string{"phone": canary}
	outer := temporal.NewApplicationErrorWithCause(canary+" outside", "kind", wrapped, details)
	failure := options.FailureConverter.ErrorToFailure(outer)
	wire, err := proto.Marshal(failure)
	require.NoError(t, err)
	require.NotContains(t, string(wire), canary)
	require.ErrorContains(t, options.FailureConverter.FailureToError(failure), canary+" outside")
}

// Garbage under our own mark is refused, not guessed at: what opens was sealed by us,
// and nothing but the canary was. (Each fuzzing process seals it anew.)
func FuzzOpen(f *testing.F) {
	var options client.Options
	codec.Seal(&options, vaultOf(f, "k1"))
	good, err := options.DataConverter.ToPayload(canary)
	require.NoError(f, err)
	whole := good.GetData()
	for _, seed := range [][]byte{whole, whole[:20], {}, {1}, {1, 255}, bytes.Repeat([]byte{1}, 64)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		payload := &common.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(codec.Encoding)}, Data: data,
		}
		var back string
		err := options.DataConverter.FromPayload(payload, &back)
		if err == nil && back != canary {
			t.Fatalf("opened %x as %q", data, back)
		}
	})
}

func TestAStrangersKeyOpensNothing(t *testing.T) {
	payloads, err := sealed(t, "k1").DataConverter.ToPayloads(canary)
	require.NoError(t, err)
	var back string
	require.Error(t, sealed(t, "other").DataConverter.FromPayloads(payloads, &back))
}
