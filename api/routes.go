package api

import (
	"net/http"
	"slices"

	"github.com/friendpay/friendpay/internal/mint"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// later is the answer of an engine that took the event and is still at it.
var later = []int{http.StatusAccepted}

// allRoutes is the one list of what the house answers. A path that is not in it
// is not found, whatever else may be registered.
func (s *Server) allRoutes() []route {
	return slices.Concat(
		s.sellerRoutes(), s.inviteRoutes(), s.accountRoutes(), s.merchantRoutes(), s.friendRoutes(),
		s.callbackRoutes(), s.commandRoutes(), s.queueRoutes(), s.timeRoutes(), s.staffRoutes(), s.consoleRoutes(),
		s.machineRoutes(), s.guideRoutes())
}

// sellerRoutes are for the merchant's server and the buyer's page.
func (s *Server) sellerRoutes() []route {
	return []route{
		{method: post, path: "/v1/buyer-tokens", who: merchant, id: "create-buyer-token",
			summary: "Vouch for a buyer: a token for his own page.", mount: operation((*Server).createBuyerToken)},
		{method: post, path: "/v1/payer-tokens", who: merchant, id: "create-payer-token",
			summary: "Vouch for a friend who is logged in at your app: a word that logs him in at our page, once.",
			mount:   operation((*Server).createPayerToken)},
		{method: post, path: "/v1/eligibility", who: seller, scope: requestsRead, id: "ask-eligibility",
			summary: "May this order be friend-paid, how, and why not?", mount: operation((*Server).eligibility)},
		{method: post, path: "/v1/orders", who: merchant, id: "create-order", creates: mint.Order, rows: true,
			summary: "Register an order, so that its buyer may ask a friend himself.",
			status:  http.StatusCreated, mount: operation((*Server).createOrder)},

		{method: post, path: "/v1/requests", who: seller, id: "place-request", creates: mint.Request,
			summary: "Ask for a friend's help: a request and its link. The open one again, if there is one.",
			status:  http.StatusCreated, also: []int{http.StatusOK, http.StatusAccepted},
			mount: operation((*Server).placeRequest)},
		{method: get, path: "/v1/requests", who: seller, id: "list-requests",
			summary: "Your requests, newest first.", mount: operation((*Server).listRequests)},
		{method: get, path: "/v1/requests/{id}", who: seller, id: "show-request",
			summary: "One request.", mount: operation((*Server).showRequest)},
		{method: post, path: "/v1/requests/{id}/card", who: seller, id: "change-card",
			summary: "Say anew what friends see of the order, and what the buyer tells them.",
			mount:   operation((*Server).changeCard)},
		{method: get, path: "/v1/requests/{id}/preview", who: seller, id: "preview-request",
			summary: "What a friend will see.", mount: operation((*Server).preview)},
		{method: post, path: "/v1/requests/{id}/cancel", who: seller, id: "cancel-request",
			summary: "End a request.", also: later, mount: operation((*Server).cancelRequest)},
		{method: post, path: "/v1/requests/{id}/extend", who: seller, id: "extend-request", creates: mint.Update,
			summary: "Give a request more time.", also: later, mount: operation((*Server).extendRequest)},
		{method: post, path: "/v1/requests/{id}/thanks", who: seller, id: "thank-payer",
			summary: "Thank the friend who paid, once: he reads it on his page.",
			status:  http.StatusCreated, mount: operation((*Server).thankPayer)},
		{method: post, path: "/v1/requests/{id}/pay", who: seller, id: "pay-request", creates: mintsNumber,
			summary: "The buyer pays himself, in the same slot as a friend.",
			status:  http.StatusCreated, also: later, mount: operation((*Server).buyerPays)},
		{method: post, path: "/v1/requests/{id}/price", who: merchant, id: "change-price",
			summary: "Tell a new price.", also: later, mount: operation((*Server).changePrice)},
		{method: post, path: "/v1/requests/{id}/price/accept", who: seller, id: "accept-price",
			summary: "The buyer agrees to a higher price.", also: later,
			mount: operation((*Server).acceptPrice)},
		{method: post, path: "/v1/requests/{id}/price/decline", who: seller, id: "decline-price",
			summary: "The buyer does not; the request ends.", also: later,
			mount: operation((*Server).declinePrice)},
		{method: post, path: "/v1/requests/{id}/refunds", who: merchant, scope: refundsWrite,
			id: "create-refund", creates: mintsNumber,
			summary: "Give money back to whoever paid.",
			status:  http.StatusCreated, also: later, mount: operation((*Server).createRefund)},
		{method: get, path: "/v1/requests/{id}/events", who: seller, id: "list-events",
			summary: "What happened to a request.", mount: operation((*Server).listEvents)},
		{method: get, path: "/v1/requests/{id}/stream", who: seller, id: "stream-request", streams: true,
			summary: "The same as it happens, as server-sent events.",
			mount:   plain("text/event-stream", (*Server).streamRequest)},
	}
}

// inviteRoutes are for the same, and about links to friends.
func (s *Server) inviteRoutes() []route {
	return []route{
		{method: post, path: "/v1/requests/{id}/invites", who: seller, id: "create-invite", creates: mint.Invite,
			rows: true, summary: "Make one more link to the same request.",
			status: http.StatusCreated, mount: operation((*Server).createInvite)},
		{method: get, path: "/v1/requests/{id}/invites", who: seller, id: "list-invites",
			summary: "The links of a request.", mount: operation((*Server).listInvites)},
		{method: post, path: "/v1/requests/{id}/invites/{invite}/revoke", who: seller, id: "revoke-invite",
			summary: "Make one link useless.", mount: operation((*Server).revokeInvite)},
		{method: post, path: "/v1/requests/{id}/invites/{invite}/label", who: seller, id: "label-invite",
			summary: "Call one link otherwise.", mount: operation((*Server).labelInvite)},
		{method: get, path: "/v1/requests/{id}/invites/stream", who: seller, id: "stream-invites", streams: true,
			summary: "The links of a request whenever one of them or the request changes, as server-sent events.",
			mount:   plain("text/event-stream", (*Server).streamInvites)},
		{method: get, path: "/v1/requests/{id}/invites/{invite}/qr", who: seller, id: "show-qr",
			summary: "A picture of one link, to be scanned.", mount: plain("image/svg+xml", (*Server).showQR)},
	}
}
