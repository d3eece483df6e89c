package integration

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/devstack"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/store"
)

const (
	merchantKey = "fpk_test_canary"
	otherKey    = "fpk_test_other"
	publicURL   = "http://127.0.0.1:1" // nobody follows a link here
)

// program is friendpay itself, built once: its processes are killed and stopped.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "friendpay-integration-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	testkit.AtEnd(func() error { return os.RemoveAll(dir) })
	path := filepath.Join(dir, "friendpay")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/friendpay").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build friendpay: %w: %s", err, out)
	}
	return path, err
})

// environment is what every process of the house is told.
func (e *engine) environment() []string {
	zero := base64.StdEncoding.EncodeToString(make([]byte, vault.KeySize))
	settings := house.FreshKeys()
	for name, value := range map[string]string{
		"FRIENDPAY_VAULT_INDEX_KEY": zero, "FRIENDPAY_VAULT_KEYS": "k1:" + zero, "FRIENDPAY_LINK_KEYS": zero,
		"FRIENDPAY_PAYER_KEYS": "p1:" + zero, "FRIENDPAY_MODE": "dev", "FRIENDPAY_PUBLIC_URL": publicURL,
		"FRIENDPAY_PLAIN_HISTORY": "true", "DATABASE_URL": e.dsn, "FRIENDPAY_GUARD": "1s",
		"TEMPORAL_ADDRESS": testkit.Temporal(e.t).Address(), "TEMPORAL_NAMESPACE": e.space,
	} {
		settings[name] = value
	}
	environment := os.Environ()
	for name, value := range settings {
		environment = append(environment, name+"="+value)
	}
	return environment
}

// child is one process of friendpay.
type child struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  *os.File
	base string // of an api
	done sync.Once
}

func (e *engine) spawn(command string, settings ...string) *child {
	e.t.Helper()
	path, err := program()
	require.NoError(e.t, err)
	c := &child{t: e.t, cmd: exec.Command(path, command)}
	c.log, err = os.Create(filepath.Join(e.t.TempDir(), command+".log"))
	require.NoError(e.t, err)
	c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr = append(e.environment(), settings...), c.log, c.log
	require.NoError(e.t, c.cmd.Start())
	e.t.Cleanup(c.kill)
	return c
}

// command runs friendpay to its end and returns what it wrote.
func (e *engine) command(args ...string) string {
	e.t.Helper()
	path, err := program()
	require.NoError(e.t, err)
	cmd := exec.CommandContext(e.t.Context(), path, args...)
	cmd.Env = e.environment()
	out, err := cmd.CombinedOutput()
	return fmt.Sprint(string(out), err)
}

// api starts an API process and waits until it answers.
func (e *engine) api() *child {
	e.t.Helper()
	port, err := devstack.FreePort()
	require.NoError(e.t, err)
	address := "127.0.0.1:" + strconv.Itoa(port)
	c := e.spawn("api", "FRIENDPAY_LISTEN="+address)
	c.base = "http://" + address
	require.Eventually(e.t, func() bool {
		request, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, c.base+"/readyz", nil)
		if err != nil {
			return false
		}
		answer, err := patient.Do(request)
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, 30*time.Second, 20*time.Millisecond, "the api does not answer")
	return c
}

// kill ends the process as a crash would.
func (c *child) kill() {
	c.done.Do(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait() // it was killed: its status says nothing
		_ = c.log.Close()
	})
}

func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	require.NoError(c.t, c.cmd.Process.Signal(s))
}

// logs is what the process has written so far.
func (c *child) logs() string {
	c.t.Helper()
	text, err := os.ReadFile(c.log.Name())
	require.NoError(c.t, err)
	return string(text)
}

// answer is what came of a call; err when nobody answered.
type answer struct {
	status   int
	body     []byte
	replayed bool
	err      error
}

func (a answer) id() (created string) {
	var view struct {
		ID     string `json:"id"`
		Number string `json:"number"`
	}
	_ = json.Unmarshal(a.body, &view)
	return view.ID + view.Number
}

func (a answer) reason() string {
	var problem struct {
		Code   string `json:"code"` // a refund has a reason too, but is no refusal
		Reason string `json:"reason"`
	}
	_ = json.Unmarshal(a.body, &problem)
	if problem.Code == "" {
		return ""
	}
	return problem.Reason
}

// post is a call with an Idempotency-Key, by a merchant or by a payer with a cookie.
func (c *child) post(path, who, key string, body any) answer {
	raw, err := json.Marshal(body)
	if err != nil {
		return answer{err: err}
	}
	request, err := http.NewRequest(http.MethodPost, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return answer{err: err}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	if name, value, ok := cutCookie(who); ok {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	} else {
		request.Header.Set("Authorization", "Bearer "+who)
	}
	response, err := patient.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, read, response.Header.Get("Idempotency-Replayed") != "", err}
}

// patient waits for slow machines and opens a connection per call, as strangers do.
var patient = &http.Client{
	Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
}

// trade makes the merchant, and another one, able to call.
func (e *engine) trade() {
	e.t.Helper()
	hash := func(key string) []byte { sum := sha256.Sum256([]byte(key)); return sum[:] }
	require.NoError(e.t, e.store.Seed(e.t.Context(), store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_2", Name: "Other"}},
		Apps:      []store.App{{ID: "app_2", Merchant: "mer_2", Name: "Other", DefaultExpirySeconds: 1800}},
		Keys: []store.APIKey{
			{Hash: hash(merchantKey), Merchant: "mer_1", Apps: []string{"app_1"}, Mode: "test"},
			{Hash: hash(otherKey), Merchant: "mer_2", Apps: []string{"app_2"}, Mode: "test"},
		},
	}))
}

// wishFor is the body of a call that places an order of 129 yuan.
func wishFor(number string) map[string]any {
	return map[string]any{"order": map[string]any{
		"app": "app_1", "number": number, "title": "Kettle", "kind": "physical", "price_version": 1,
		"payable": map[string]any{"minor": 12900, "currency": "CNY"},
		"buyer":   map[string]string{"id": "b1", "name": "王小明"},
	}}
}
