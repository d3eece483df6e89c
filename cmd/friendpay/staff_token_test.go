package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATokenIsForAColleagueOfAKnownRole(t *testing.T) {
	inHouse(t)
	var usage usageError
	for _, name := range []string{"", "a b", "王", "ada\n", strings.Repeat("a", 65)} {
		_, _, err := run(t, "staff", "token", name)
		require.ErrorAs(t, err, &usage, name)
	}
	_, _, err := run(t, "staff", "token", "ada", "--role", "history_reader")
	require.ErrorAs(t, err, &usage)
	require.NotEmpty(t, staff(t, "token", "ada.b_c-1", "--role", "operator"))
}

func TestWhatIsAskedForIsOfAKnownWord(t *testing.T) {
	inHouse(t)
	var usage usageError
	_, _, err := run(t, "staff", "explain", "--order", "ord_1", "--side", "freund")
	require.ErrorAs(t, err, &usage)
	require.ErrorContains(t, err, "buyer, friend, engine")
}
