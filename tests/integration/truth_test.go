package integration

import (
	"encoding/json"
	"net/http"

	"github.com/stretchr/testify/require"
)

// truth is what really moved at the provider, in fen.
type truth struct {
	Captured int64 `json:"captured"`
	Refunded int64 `json:"refunded"`
	Count    int   `json:"count"`
}

// providerSays asks the simulator; it is outside of whatever is being killed.
func (e *engine) providerSays(path string, into any) {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, e.simURL+path, nil)
	require.NoError(e.t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(e.t, err)
	defer answer.Body.Close()
	require.NoError(e.t, json.NewDecoder(answer.Body).Decode(into))
}

// moved sums up what the provider has taken and given back; an empty number is all orders.
func (e *engine) moved(number string) (sums truth) {
	e.t.Helper()
	e.providerSays("/sim/totals?number="+number, &sums)
	return sums
}

// happened counts the entries of the provider's journal of one kind about a number.
func (e *engine) happened(kind, number string) int {
	e.t.Helper()
	var page struct {
		Entries []json.RawMessage `json:"entries"`
	}
	e.providerSays("/sim/journal?limit=10000&kind="+kind+"&number="+number, &page)
	return len(page.Entries)
}
