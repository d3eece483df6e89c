package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/store"
)

// given is a command about a subject, as a colleague gives it.
func (w *world) given(name, subject string) string {
	w.t.Helper()
	kept, _, err := w.KeepCommand(w.t.Context(), store.Command{
		ID: mint.ID(mint.Command), Key: mint.ID(mint.Command), Name: name, Subject: subject, Reason: "ticket 1",
		By: "staff:anna", Role: "operator", State: store.CommandQueued,
	})
	require.NoError(w.t, err)
	return kept.ID
}

// A worker that is cut off after the deed takes its command again: nothing is sent twice.
func TestACommandSendsOnce(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	try := w.given("send_test_event", endpoint.ID)
	for range 3 {
		require.NoError(t, w.SendTestEventBy(t.Context(), try, endpoint.ID))
	}
	sent := w.deliveries(store.DeliveryFilter{Endpoint: endpoint.ID})
	require.Len(t, sent, 1)

	_, err := w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	w.tried(sent[0], store.Delivered, "")
	resend := w.given("resend_webhook", sent[0].ID)
	for range 2 {
		require.NoError(t, w.ReplayDeliveryBy(t.Context(), resend, sent[0].ID))
		_, err := w.TakeDeliveries(t.Context(), 9, 9)
		require.NoError(t, err)
	}
	now, _, err := w.Delivery(t.Context(), sent[0].ID)
	require.NoError(t, err)
	require.Equal(t, 2, now.Round, "one round more, and not two")
	require.NoError(t, w.ReplayDeliveryBy(t.Context(), w.given("resend_webhook", sent[0].ID), sent[0].ID))
	now, _, err = w.Delivery(t.Context(), sent[0].ID)
	require.NoError(t, err)
	require.Equal(t, 3, now.Round, "another command is another wish")
}

// What the endpoint did since stands: an old command does not open it again.
func TestACommandEnablesOnce(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	enable := w.given("enable_endpoint", endpoint.ID)
	_, err := w.DisableEndpoint(t.Context(), endpoint.ID, store.DisabledGone)
	require.NoError(t, err)
	require.NoError(t, w.EnableEndpointBy(t.Context(), enable, endpoint.ID))
	require.Equal(t, store.EndpointEnabled, w.ofApp().State)
	_, err = w.DisableEndpoint(t.Context(), endpoint.ID, store.DisabledGone)
	require.NoError(t, err)
	require.NoError(t, w.EnableEndpointBy(t.Context(), enable, endpoint.ID))
	require.Equal(t, store.EndpointDisabled, w.ofApp().State)
}

// A deed that is refused is not done: the command may come again when it is possible.
func TestARefusedDeedIsNotDone(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	try := w.given("send_test_event", endpoint.ID)
	_, err := w.DisableEndpoint(t.Context(), endpoint.ID, store.DisabledGone)
	require.NoError(t, err)
	require.ErrorContains(t, w.SendTestEventBy(t.Context(), try, endpoint.ID), "endpoint_disabled")
	_, err = w.EnableEndpoint(t.Context(), endpoint.ID)
	require.NoError(t, err)
	require.NoError(t, w.SendTestEventBy(t.Context(), try, endpoint.ID))
	require.Len(t, w.deliveries(store.DeliveryFilter{Endpoint: endpoint.ID}), 1)
	require.ErrorContains(t, w.SendTestEventBy(t.Context(), "cmd_unknown", endpoint.ID), "unknown_command")
}
