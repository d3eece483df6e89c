package mint

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestNumbersHaveTheirShape(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[0-9A-Z]{26}$`)
	seen := map[string]bool{}
	for range 10_000 {
		number := Number()
		require.Regexp(t, shape, number)
		require.False(t, seen[number])
		seen[number] = true
	}
}

// Drawn from every byte once, each character comes equally often: exact, where
// a sample would only be likely.
func TestNumbersAreUnbiased(t *testing.T) {
	t.Parallel()
	counts := map[byte]int{}
	for b := range 256 {
		for _, character := range draw(nil, []byte{byte(b)}) {
			counts[character]++
		}
	}
	require.Len(t, counts, len(alphabet))
	for character, count := range counts {
		require.Equal(t, 256/len(alphabet), count, "%c", character)
	}
}

func TestDrawStopsAtTheLength(t *testing.T) {
	t.Parallel()
	require.Len(t, draw(nil, make([]byte, 100)), numberLength)
}

func TestIDsNameTheirKindAndSortByTime(t *testing.T) {
	t.Parallel()
	var ids []string
	for range 1000 {
		id := ID(Request)
		rest, ok := strings.CutPrefix(id, "fpr_")
		require.True(t, ok)
		parsed, err := uuid.Parse(rest)
		require.NoError(t, err)
		require.EqualValues(t, 7, parsed.Version())
		require.Equal(t, strings.ToLower(id), id)
		ids = append(ids, id)
	}
	require.True(t, slices.IsSorted(ids))
}
