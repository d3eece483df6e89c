package devstack

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retention outlasts a weekend: a closed request can still be looked at on Monday.
const retention = 72 * time.Hour

// silence keeps the SDK's remarks about a server that is still starting off our output.
var silence = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// answers succeeds once every namespace can be used; only then is a worker's first poll sure to be accepted.
func (t *Temporal) answers(ctx context.Context) error {
	namespaces, err := client.NewNamespaceClient(client.Options{HostPort: t.address(), Logger: silence})
	if err != nil {
		return err
	}
	defer namespaces.Close()
	for _, name := range append([]string{TemporalNamespace}, t.options.Namespaces...) {
		if err := keep(ctx, namespaces, name); err != nil {
			return fmt.Errorf("namespace %s: %w", name, err)
		}
	}
	return nil
}

// keep raises the retention of a namespace, which the dev server sets to one day.
func keep(ctx context.Context, namespaces client.NamespaceClient, name string) error {
	found, err := namespaces.Describe(ctx, name)
	if err != nil {
		return err
	}
	if found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() >= retention {
		return nil
	}
	// Nothing but the change: the server refuses to be told of its search attributes' aliases again.
	change := &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)}
	return namespaces.Update(ctx, &workflowservice.UpdateNamespaceRequest{Namespace: name, Config: change})
}
