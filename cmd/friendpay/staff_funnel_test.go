package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

func TestStaffFunnel(t *testing.T) {
	inHouse(t)
	today := time.Now().Format(time.DateOnly)
	out := staff(t, "funnel", "--app", "app_1", "--since", today)
	require.True(t, strings.HasPrefix(out, "STEP"), out)
	require.Regexp(t, `login_begun +0 +0`, out)
	require.Contains(t, out, "logged in: 0 new, 0 known; friends won: 0")
	var report store.FunnelReport
	require.NoError(t, json.Unmarshal([]byte(staff(t, "funnel", "--json")), &report))
	require.Len(t, report.Steps, 7)
	require.Equal(t, "made", report.Steps[0].Step)

	_, _, err := run(t, "staff", "funnel", "--since", "lately")
	require.ErrorContains(t, err, "This is no day")
	_, _, err = run(t, "staff", "funnel", "--since", "2020-01-01")
	require.ErrorContains(t, err, "too long")
}
