package door_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	common "go.temporal.io/api/common/v1"
	query "go.temporal.io/api/query/v1"
	sdk "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/workflows"
)

// metadata is what Temporal's Web UI asks a run for.
const metadata = "__temporal_workflow_metadata"

// Summary, details and current details say where a request stands, and are sealed like
// everything else: whoever reads Temporal's store reads none of it.
func TestDetailsSayWhereARequestStandsAndAreSealed(t *testing.T) {
	e := newEngine(t)
	key := make([]byte, vault.KeySize)
	keys, err := vault.New(key, vault.Key{ID: "k1", Secret: key})
	require.NoError(t, err)
	open := e.temporal
	e.temporal = testkit.TemporalClient(t, e.space, func(options *client.Options) error {
		codec.Seal(options, keys)
		return nil
	})
	e.Door = door.Open(e.temporal, e.space, e, slog.New(slog.DiscardHandler))
	e.work()
	request := placed(e, "app_1")
	ask := pay("pay_1")
	_, err = e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)

	answer, err := e.temporal.QueryWorkflow(t.Context(), workflows.RequestID(request.ID), "", metadata)
	require.NoError(t, err)
	var seen sdk.WorkflowMetadata
	require.NoError(t, answer.Get(&seen))
	for _, part := range []string{"**paying**", "pay_1", "12900 CNY", "mock", ask.Attempt, "next: "} {
		require.Contains(t, seen.GetCurrentDetails(), part)
	}

	raw, err := open.WorkflowService().QueryWorkflow(t.Context(), &workflowservice.QueryWorkflowRequest{
		Namespace: e.space, Query: &query.WorkflowQuery{QueryType: metadata},
		Execution: &common.WorkflowExecution{WorkflowId: workflows.RequestID(request.ID)},
	})
	require.NoError(t, err)
	require.NotEmpty(t, raw.GetQueryResult().GetPayloads())
	require.NotContains(t, raw.String(), "pay_1")
	require.NotContains(t, raw.String(), ask.Attempt)
	described, err := open.DescribeWorkflowExecution(t.Context(), workflows.RequestID(request.ID), "")
	require.NoError(t, err)
	words := described.GetExecutionConfig().GetUserMetadata()
	require.NotEmpty(t, words.GetSummary().GetData())
	require.NotEmpty(t, words.GetDetails().GetData())
	require.NotContains(t, words.String(), request.Order)
	require.NotContains(t, words.String(), "12900")
}
