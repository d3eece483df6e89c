package api

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The first call that the README shows is one that works.
func TestTheFirstCallOfTheReadmeWorks(t *testing.T) {
	w := newWorld(t)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, body, found := strings.Cut(string(readme), `-d '`)
	require.True(t, found)
	body, _, _ = strings.Cut(body, `'`)
	placed := w.create("/v1/requests", teaKey, strings.Replace(body, "app_demo", "app_tea", 1))
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	require.NotEmpty(t, placed.text("link", "url"))
}
