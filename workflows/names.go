// Package workflows runs one friend-pay request from placed to the end of its
// guard, and one refund from due to done. It holds no rule of its own: the law in
// package models judges, this package waits and carries out.
package workflows

import "github.com/friendpay/friendpay/models"

// Names that stand in histories: they never change.
const (
	Deliver      = "deliver" // the one update: an event for the request
	Durable      = "durable" // the one query: the version that is safe to speak of
	SaveStep     = "SaveStep"
	SubmitRefund = "SubmitRefund"
	PollRefund   = "PollRefund"

	ListStatements   = "ListStatements"
	CompareStatement = "CompareStatement"

	RequestWorkflow = "FriendPay"
	RefundWorkflow  = "RefundMoney"

	ReconcileWorkflow = "Reconcile"

	DeliveryWorkflow = "Delivery"
	DeliverWebhook   = "DeliverWebhook"

	// Queue is where workflows and their local activities run; HookQueue is for
	// calls to merchants' systems, ProviderQueue for calls to one provider, so that
	// a slow one never holds up the rest and each can be rate-limited.
	Queue     = "friendpay"
	HookQueue = "friendpay-hooks"

	// WebhookQueue is for what merchants are told; nothing waits for their answers.
	WebhookQueue = "friendpay-webhooks"
)

// ProviderQueue is the task queue for calls to a provider.
func ProviderQueue(provider string) string { return "friendpay-provider-" + provider }

// RequestID is the workflow id of a request; there is one run of it at a time.
func RequestID(request string) string { return "friendpay/" + request }

// RefundID is the workflow id of a refund.
func RefundID(number string) string { return "friendpay-refund/" + number }

// ReconcileID is the workflow id, and the id of the schedule, of a provider's comparison
// with the books.
func ReconcileID(provider string) string { return "friendpay-reconcile/" + provider }

// DeliveryID is the workflow id of a delivery; there is one run of it at a time.
func DeliveryID(delivery string) string { return "friendpay-delivery/" + delivery }

// queueOf is where an effect that leaves the house is carried out.
func queueOf(effect models.Effect, r models.Request) string {
	if effect.Kind == models.AskOrderHook {
		return HookQueue
	}
	number := effect.Ref
	if refund, ok := r.Refund(number); ok {
		number = refund.Attempt
	}
	attempt, _ := r.Attempt(number)
	return ProviderQueue(attempt.Provider)
}
