package door

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// attributesAgain is how long a namespace that did not know the search attributes is left
// alone with them: each start that tries costs a call.
const attributesAgain = time.Minute

// attributes knows whether the namespace takes search attributes. It asks nobody: that would
// want more rights than starting does. The first start tells.
type attributes struct {
	log   *slog.Logger
	mu    sync.Mutex
	after time.Time // not before; zero: they are taken, as far as we know
}

func (a *attributes) taken() bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return !time.Now().Before(a.after)
}

func (a *attributes) unknown(ctx context.Context, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.after = time.Now().Add(attributesAgain)
	a.log.WarnContext(ctx, "Temporal does not know the search attributes; see friendpay doctor", "error", err)
}

// begin starts a run by whatever way with its summary, details and search attributes. Where
// the namespace does not know them, the server has refused the start before it began
// anything, and it is repeated without: a payment matters more than its being found.
func (d *Door) begin(
	ctx context.Context, request models.Request, start func(client.StartWorkflowOptions, models.Request) error,
) error {
	options := client.StartWorkflowOptions{
		ID: workflows.RequestID(request.ID), TaskQueue: workflows.Queue,
		StaticSummary: workflows.Summary(request), StaticDetails: workflows.Details(request),
	}
	if d.found.taken() {
		found := options
		found.TypedSearchAttributes, request.Indexed = workflows.Found(request), true
		err := start(found, request)
		if !unindexed(err) {
			return err
		}
		d.found.unknown(ctx, err)
	}
	request.Indexed = false
	return start(options, request)
}

// unindexed says that a start was refused for a search attribute that nobody registered.
func unindexed(err error) bool {
	var invalid *serviceerror.InvalidArgument
	return errors.As(err, &invalid) && strings.Contains(strings.ToLower(invalid.Message), "search attribute")
}

// Missing lists the search attributes that a namespace does not know yet, sorted.
func Missing(ctx context.Context, temporal client.Client, namespace string) ([]string, error) {
	known, err := temporal.OperatorService().ListSearchAttributes(ctx,
		&operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("list search attributes: %w", err)
	}
	var missing []string
	for name := range workflows.SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// Register makes a namespace know the search attributes, and lists those that it added; again
// is fine.
func Register(ctx context.Context, temporal client.Client, namespace string) ([]string, error) {
	missing, err := Missing(ctx, temporal, namespace)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	added := map[string]enums.IndexedValueType{}
	for _, name := range missing {
		kind, err := enums.IndexedValueTypeFromString(workflows.SearchAttributes()[name])
		if err != nil {
			return nil, fmt.Errorf("search attribute %s: %w", name, err)
		}
		added[name] = kind
	}
	_, err = temporal.OperatorService().AddSearchAttributes(ctx,
		&operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: added})
	if err != nil {
		return nil, fmt.Errorf("add search attributes: %w", err)
	}
	return slices.Sorted(maps.Keys(added)), nil
}

// RegisterCommand is how an operator with the right to do so makes a namespace know them.
func RegisterCommand(namespace string, names []string) string {
	words := []string{"temporal operator search-attribute create --namespace", namespace}
	for _, name := range names {
		words = append(words, "--name", name, "--type", workflows.SearchAttributes()[name])
	}
	return strings.Join(words, " ")
}
