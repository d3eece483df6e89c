package client_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheClientIsOfThisAPI makes the generated file once more, from today's description.
func TestTheClientIsOfThisAPI(t *testing.T) {
	t.Parallel()
	fresh := filepath.Join(t.TempDir(), "wire.gen.go")
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile=../tools/client/go.mod", "oapi-codegen",
		"-config", "../tools/client/config.yaml", "-o", fresh, "../api/openapi.yaml")
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	want, err := os.ReadFile(fresh)
	require.NoError(t, err)
	have, err := os.ReadFile("wire.gen.go")
	require.NoError(t, err)
	require.True(t, string(want) == string(have), "client/wire.gen.go is old: make client")
}
