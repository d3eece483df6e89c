// Package worker runs the engine: the workflows with the activities behind the
// law's effects, the relay that posts what providers reported, and the outbox
// that tells merchants and friends.
package worker

import (
	"context"
	"fmt"
	"sync/atomic"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Options are the settings of one worker process.
type Options struct {
	Providers []string // each gets a task queue of its own
	// CallsPerSecond limits the calls to one provider over all workers; 0: no limit.
	CallsPerSecond float64
	// Build pins running requests to the code they started under. Empty: no
	// versioning, for development, where one build runs everything.
	Build string
	// Books compares providers' statements with ours; nil: this worker does not.
	Books *activities.Books
	// Deliveries carries webhooks; nil: this worker does not.
	Deliveries *activities.Deliveries

	Watchers []interceptor.WorkerInterceptor // for demos and tests

	fatal func(error) // told when a queue's worker has given up
}

// Worker is everything one worker process runs.
type Worker struct {
	queues  []worker.Worker
	loops   []loop
	stopped context.CancelFunc
	failed  atomic.Pointer[error]
	running *errgroup.Group
}

// loop is a background task that runs until its context ends.
type loop interface {
	Run(ctx context.Context) error
}

// New registers everything. It refuses an engine in which an effect of the law
// has no activity: such a request would stand still half-way.
func New(
	temporal client.Client, acts *activities.Activities, options Options, loops ...loop,
) (*Worker, error) {
	handlers := acts.Handlers()
	for _, kind := range models.Effects {
		if handlers[kind] == nil {
			return nil, fmt.Errorf("effect %s has no activity", kind)
		}
	}
	w := &Worker{loops: loops}
	options.fatal = w.fail
	w.queues = append(w.queues, requests(temporal, acts, options))
	w.queues = append(w.queues, calls(temporal, acts, workflows.HookQueue, options))
	if options.Deliveries != nil {
		w.queues = append(w.queues, webhooks(temporal, options))
	}
	for _, provider := range options.Providers {
		w.queues = append(w.queues, calls(temporal, acts, workflows.ProviderQueue(provider), options))
	}
	return w, nil
}

// requests is the worker of the workflows; their local activities run in it too.
func requests(temporal client.Client, acts *activities.Activities, options Options) worker.Worker {
	settings := base(options)
	settings.LocalActivityWorkerOnly = true
	settings.WorkflowTaskPollerBehavior = autoscaling()
	w := worker.New(temporal, workflows.Queue, settings)
	w.RegisterWorkflowWithOptions(workflows.FriendPay, registered(workflows.RequestWorkflow, options))
	w.RegisterWorkflowWithOptions(workflows.RefundMoney, registered(workflows.RefundWorkflow, options))
	w.RegisterWorkflowWithOptions(workflows.Reconcile, registered(workflows.ReconcileWorkflow, options))
	w.RegisterWorkflowWithOptions(workflows.Delivery, following(workflows.DeliveryWorkflow, options))
	register(w, acts)
	w.RegisterActivityWithOptions(acts.SaveStep, activity.RegisterOptions{Name: workflows.SaveStep})
	return w
}

// calls is the worker of one queue of calls out of the house.
func calls(temporal client.Client, acts *activities.Activities, queue string, options Options) worker.Worker {
	settings := base(options)
	settings.DisableWorkflowWorker = true
	settings.TaskQueueActivitiesPerSecond = options.CallsPerSecond
	settings.ActivityTaskPollerBehavior = autoscaling()
	w := worker.New(temporal, queue, settings)
	register(w, acts)
	for name, handler := range acts.RefundHandlers() {
		w.RegisterActivityWithOptions(handler, activity.RegisterOptions{Name: name})
	}
	if books := options.Books; books != nil && queue != workflows.HookQueue {
		listing := activity.RegisterOptions{Name: workflows.ListStatements}
		w.RegisterActivityWithOptions(books.ListStatements, listing)
		comparing := activity.RegisterOptions{Name: workflows.CompareStatement}
		w.RegisterActivityWithOptions(books.CompareStatement, comparing)
	}
	return w
}

// webhooks is the worker of what merchants are told: a queue of its own, so that their systems
// hold up neither orders nor payments.
func webhooks(temporal client.Client, options Options) worker.Worker {
	settings := base(options)
	settings.DisableWorkflowWorker = true
	settings.ActivityTaskPollerBehavior = autoscaling()
	w := worker.New(temporal, workflows.WebhookQueue, settings)
	named := activity.RegisterOptions{Name: workflows.DeliverWebhook}
	w.RegisterActivityWithOptions(options.Deliveries.DeliverWebhook, named)
	return w
}

func register(w worker.Worker, acts *activities.Activities) {
	for kind, handler := range acts.Handlers() {
		w.RegisterActivityWithOptions(handler, activity.RegisterOptions{Name: string(kind)})
	}
}

func autoscaling() worker.PollerBehavior {
	return worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{})
}

func base(options Options) worker.Options {
	settings := worker.Options{
		WorkerStopTimeout: stopPatience, DisableRegistrationAliasing: true, Interceptors: options.Watchers,
		OnFatalError: options.fatal,
	}
	if options.Build != "" {
		settings.DeploymentOptions = worker.DeploymentOptions{
			UseVersioning: true,
			Version:       worker.WorkerDeploymentVersion{DeploymentName: "friendpay", BuildID: options.Build},
		}
	}
	return settings
}

func registered(name string, options Options) workflow.RegisterOptions {
	registration := workflow.RegisterOptions{Name: name}
	if options.Build != "" {
		registration.VersioningBehavior = workflow.VersioningBehaviorPinned
	}
	return registration
}

// following registers a workflow whose runs go on under a newer build: one of three days must
// not keep an old build alive. Its histories are replayed before a release.
func following(name string, options Options) workflow.RegisterOptions {
	registration := workflow.RegisterOptions{Name: name}
	if options.Build != "" {
		registration.VersioningBehavior = workflow.VersioningBehaviorAutoUpgrade
	}
	return registration
}
