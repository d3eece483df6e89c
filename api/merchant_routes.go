package api

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/mint"
)

// The scopes of a key.
const (
	requestsRead  = "requests:read"
	requestsWrite = "requests:write"
	refundsWrite  = "refunds:write"
	webhooksRead  = "webhooks:read"
	webhooksWrite = "webhooks:write"
	keysRead      = "keys:read"
	keysWrite     = "keys:write"
)

// Scopes lists what a key may be allowed. A key from before there were scopes has all but
// those of keys.
var Scopes = []string{
	requestsRead, requestsWrite, refundsWrite, webhooksRead, webhooksWrite, keysRead, keysWrite,
}

// merchantRoutes are for the merchant's developer: his apps, keys, endpoints and what became
// of what they were told.
func (s *Server) merchantRoutes() []route {
	return []route{
		{method: get, path: "/v1/apps", who: merchant, id: "list-apps",
			summary: "The apps that your key opens.", mount: operation((*Server).listApps)},

		{method: get, path: "/v1/api-keys", who: merchant, scope: keysRead, id: "list-api-keys",
			summary: "Your keys, without the keys themselves.", mount: operation((*Server).listKeys)},
		{method: post, path: "/v1/api-keys", who: merchant, scope: keysWrite, id: "create-api-key",
			creates: mint.Key, rows: true, status: http.StatusCreated,
			summary: "Make a key. It is shown in this answer only.", mount: operation((*Server).createAPIKey)},
		{method: post, path: "/v1/api-keys/{id}/rotate", who: merchant, scope: keysWrite, id: "rotate-api-key",
			creates: mint.Key, rows: true, status: http.StatusCreated,
			summary: "Make a key that takes the place of another, which ends later.",
			mount:   operation((*Server).rotateAPIKey)},
		{method: post, path: "/v1/api-keys/{id}/revoke", who: merchant, scope: keysWrite, id: "revoke-api-key",
			summary: "End a key at once.", mount: operation((*Server).revokeAPIKey)},

		{method: get, path: "/v1/webhook-endpoints", who: merchant, scope: webhooksRead, id: "list-endpoints",
			summary: "Where your apps listen.", mount: operation((*Server).listEndpoints)},
		{method: post, path: "/v1/webhook-endpoints", who: merchant, scope: webhooksWrite, id: "create-endpoint",
			creates: mint.Endpoint, rows: true, status: http.StatusCreated,
			summary: "Listen somewhere. The secret is shown in this answer only.",
			mount:   operation((*Server).createEndpoint)},
		{method: get, path: "/v1/webhook-endpoints/{id}", who: merchant, scope: webhooksRead, id: "show-endpoint",
			summary: "One endpoint.", mount: operation((*Server).showEndpoint)},
		{method: post, path: "/v1/webhook-endpoints/{id}", who: merchant, scope: webhooksWrite,
			id:      "change-endpoint",
			summary: "Listen elsewhere, or to other events.", mount: operation((*Server).changeEndpoint)},
		{method: post, path: "/v1/webhook-endpoints/{id}/enable", who: merchant, scope: webhooksWrite,
			id: "enable-endpoint", summary: "Be told things again, beginning with what waits.",
			mount: operation((*Server).enableEndpoint)},
		{method: post, path: "/v1/webhook-endpoints/{id}/disable", who: merchant, scope: webhooksWrite,
			id: "disable-endpoint", summary: "Be told nothing for now; what comes waits.",
			mount: operation((*Server).disableEndpoint)},
		{method: post, path: "/v1/webhook-endpoints/{id}/rotate-secret", who: merchant, scope: webhooksWrite,
			id: "rotate-endpoint-secret", creates: mint.Endpoint, rows: true,
			summary: "Sign with a new secret; the old one signs too for a while.",
			mount:   operation((*Server).rotateEndpointSecret)},
		{method: post, path: "/v1/webhook-endpoints/{id}/delete", who: merchant, scope: webhooksWrite,
			id: "delete-endpoint", status: http.StatusNoContent,
			summary: "Forget an endpoint; what waits for it is given up.", mount: operation((*Server).deleteEndpoint)},
		{method: post, path: "/v1/webhook-endpoints/{id}/test", who: merchant, scope: webhooksWrite,
			id: "send-test-event", status: http.StatusAccepted, summary: "Send an endpoint something to try it with.",
			mount: operation((*Server).sendTestEvent)},
		{method: post, path: "/v1/webhook-endpoints/{id}/replay", who: merchant, scope: webhooksWrite,
			id: "replay-deliveries", summary: "Send what an endpoint was sent in a time again.",
			mount: operation((*Server).replayDeliveries)},

		{method: get, path: "/v1/webhook-deliveries", who: merchant, scope: webhooksRead, id: "list-deliveries",
			summary: "What your endpoints were told, newest first.", mount: operation((*Server).listDeliveries)},
		{method: get, path: "/v1/webhook-deliveries/{id}", who: merchant, scope: webhooksRead, id: "show-delivery",
			summary: "One delivery with its tries.", mount: operation((*Server).showDelivery)},
		{method: post, path: "/v1/webhook-deliveries/{id}/replay", who: merchant, scope: webhooksWrite,
			id: "replay-delivery", status: http.StatusAccepted, summary: "Send one again, under its id.",
			mount: operation((*Server).replayDelivery)},
	}
}

// needs is the scope that a key must have for a route; other credentials have none.
func (r route) needs() string {
	switch {
	case r.scope != "":
		return r.scope
	case r.method == get:
		return requestsRead
	default:
		return requestsWrite
	}
}
