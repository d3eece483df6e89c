package devstack_test

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/devstack"
)

var host = flag.Bool("devstack.host", false, "start the services and wait to be killed")

// TestHost is not a test of its own: TestServicesDieWithUs runs it as a process that it can kill.
func TestHost(t *testing.T) {
	if !*host {
		return
	}
	postgres := startPostgres(t, devstack.PostgresOptions{Volatile: true})
	temporal := startTemporal(t, devstack.TemporalOptions{})
	address := strings.Split(strings.Split(postgres.DSN(""), "@")[1], "/")[0]
	fmt.Fprintln(os.Stdout, "listening", address, temporal.Address())
	<-t.Context().Done()
}

func TestServicesDieWithUs(t *testing.T) {
	t.Parallel()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHost$", "-devstack.host")
	output, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	var first, second string
	lines := bufio.NewScanner(output)
	for second == "" && lines.Scan() {
		_, _ = fmt.Sscanf(lines.Text(), "listening %s %s", &first, &second)
	}
	require.NotEmpty(t, second, "the host never listened")
	require.NoError(t, reach(first))
	require.NoError(t, reach(second))

	require.NoError(t, victim.Process.Kill())
	require.Error(t, victim.Wait())
	require.Eventually(t, func() bool { return reach(first) != nil && reach(second) != nil },
		20*time.Second, 50*time.Millisecond, "the services outlived their owner")
}

func reach(address string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}
