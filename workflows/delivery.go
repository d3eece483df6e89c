package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// webhookTry bounds one try: the receiver has 15 seconds of it.
const webhookTry = 30 * time.Second

// Delivery delivers one message to one endpoint. All of its life is one activity that is
// tried again: the activity itself says when, by the schedule of Standard Webhooks, and ends
// when the message was taken, is given up or waits for its endpoint. What the run is told of
// is in its delivery's row, so that a history holds neither address nor message.
func Delivery(ctx workflow.Context, run models.DeliveryRun) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           WebhookQueue,
		StartToCloseTimeout: webhookTry,
		// Of a try that was lost with its worker, and of troubles of our own.
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 5 * time.Second, MaximumInterval: 10 * time.Minute},
		Summary:     run.Delivery,
	})
	return workflow.ExecuteActivity(ctx, DeliverWebhook, run).Get(ctx, nil)
}
