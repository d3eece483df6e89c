package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

// The budget of a paid request, callback first, guard ended: design, section 7 (a).
const (
	mostEvents = 42
	mostTasks  = 6
)

func TestAPaidRequestKeepsItsBudget(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	events, tasks := e.history(request.ID)
	t.Logf("%d events, %d workflow tasks: %v", len(events), tasks, events)
	require.LessOrEqual(t, len(events), mostEvents)
	require.LessOrEqual(t, tasks, mostTasks)
	e.keep(request.ID, "paid")
}
