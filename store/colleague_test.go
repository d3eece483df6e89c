package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

// Who renames himself is nobody else, and nobody takes another's name.
func TestAColleagueKeepsHisName(t *testing.T) {
	w := open(t)
	for _, called := range []string{"anna", "berta", "anna"} {
		name, err := w.Colleague(t.Context(), "https://issuer.example#1", called)
		require.NoError(t, err)
		require.Equal(t, "anna", name)
	}
	_, err := w.Colleague(t.Context(), "https://issuer.example#2", "Anna")
	refused(t, err, models.Forbidden, "name_taken")
	name, err := w.Colleague(t.Context(), "https://issuer.example#2", "berta")
	require.NoError(t, err)
	require.Equal(t, "berta", name)
}
