package integration

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/trigger"
)

// Whatever `friendpay trigger --list` names happens in a whole house, and the merchant is told of it.
func TestEveryTriggerHappens(t *testing.T) {
	house, err := local.Start(t.Context(), local.Options{Speed: 60, SimSpeed: 1000, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, house.Close()) })
	require.NoError(t, house.StartWorker(context.WithoutCancel(t.Context())))
	merchant, err := client.New(house.APIURL, house.Demo.APIKey)
	require.NoError(t, err)
	t.Run("all", func(t *testing.T) {
		for _, known := range trigger.List() {
			t.Run(known.Name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				stage := trigger.Stage{
					API: merchant, Simulator: house.SimURL, App: local.DemoApp, Channel: local.DemoChannel, Fen: 12900,
				}
				told, err := stage.Happen(ctx, known.Name)
				require.NoError(t, err)
				require.Equal(t, known.Event, told.Body.Type)
				require.NotEmpty(t, told.ID)
			})
		}
	})
}
