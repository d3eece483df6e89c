package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/devstack"
	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/sink"
)

// Time in a run: half a minute of the law takes a second, and late money is watched for during guard.
const (
	speed = 30
	guard = 6 * time.Second
)

// town is everything that runs: the product's processes and services inside the blast; the provider, the
// merchant's system and the people outside.
type town struct {
	options Options
	dir     string
	house   *local.House
	edges   *edges
	fleet   *fleet
	front   *front
	sink    *sink.Sink // the merchant, outside the blast
	history *history
	builds  int // of workers, so far
	newest  string
}

// build puts a town up and waits until it can be paid in.
func build(ctx context.Context, options Options) (t *town, err error) {
	t = &town{options: options, edges: newEdges(), history: newHistory()}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if t.dir, err = os.MkdirTemp("", "friendpay-chaos-"); err != nil {
		return t, err
	}
	t.fleet = &fleet{binary: options.Binary, dir: t.dir}
	for _, put := range []func(context.Context) error{
		t.buildOutside, t.buildHouse, t.layEdges, t.launchAPIs, t.deploy,
	} {
		if err := put(ctx); err != nil {
			return t, err
		}
	}
	return t, nil
}

// buildOutside is the load balancer, with addresses for two APIs to come, and the merchant's system.
func (t *town) buildOutside(ctx context.Context) (err error) {
	var backends []string
	for range 2 {
		port, err := devstack.FreePort()
		if err != nil {
			return err
		}
		backends = append(backends, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	}
	if t.front, err = newFront(ctx, backends...); err != nil {
		return err
	}
	t.sink, err = sink.Open(ctx)
	return err
}

func (t *town) buildHouse(ctx context.Context) error {
	toMerchant, err := t.edges.add(workerToMerchant, t.sink.Address())
	if err != nil {
		return err
	}
	t.house, err = local.Start(ctx, local.Options{
		Dir: t.dir, Speed: speed, Guard: guard, PublicURL: t.front.url, Log: slog.New(slog.DiscardHandler),
		WebhookURL: "http://" + toMerchant + "/webhooks",
		SimVia: func(address string) (string, error) {
			road, err := t.edges.add(workerToProvider, strings.TrimPrefix(address, "http://"))
			return "http://" + road, err
		},
	})
	if err != nil {
		return err
	}
	t.sink.Expect(t.house.Demo.WebhookSecret)
	return nil
}

// layEdges leads everything that a process of the product needs over edges of its role's own.
func (t *town) layEdges(context.Context) error {
	database, err := url.Parse(t.house.Env["DATABASE_URL"])
	if err != nil {
		return fmt.Errorf("read the database's address: %w", err)
	}
	for name, upstream := range map[string]string{
		apiToPostgres: database.Host, workerToPostgres: database.Host,
		apiToTemporal: t.house.Temporal.Address(), workerToTemporal: t.house.Temporal.Address(),
		providerToAPI: strings.TrimPrefix(t.front.url, "http://"),
	} {
		if _, err := t.edges.add(name, upstream); err != nil {
			return err
		}
	}
	return nil
}

// environment is what a process of a role gets; the provider is told the address of an edge to call back to.
func (t *town) environment(role string) map[string]string {
	env := maps.Clone(t.house.Env)
	toPostgres, toTemporal := apiToPostgres, apiToTemporal
	if role == roleWorker {
		toPostgres, toTemporal = workerToPostgres, workerToTemporal
		env["FRIENDPAY_PUBLIC_URL"] = "http://" + t.edges.near(providerToAPI)
	}
	database, _ := url.Parse(env["DATABASE_URL"]) // layEdges has read it before
	database.Host = t.edges.near(toPostgres)
	env["DATABASE_URL"] = database.String()
	env["TEMPORAL_ADDRESS"] = t.edges.near(toTemporal)
	env["FRIENDPAY_TRUSTED_PROXIES"] = "127.0.0.0/8"
	env["FRIENDPAY_LOG_LEVEL"], env["FRIENDPAY_FAILPOINTS"] = "info", t.options.Failpoints
	return env
}

const (
	roleAPI    = "api"
	roleWorker = "worker"
)

func (t *town) launchAPIs(ctx context.Context) error {
	for i, address := range t.front.backends {
		env := t.environment(roleAPI)
		env["FRIENDPAY_LISTEN"] = address
		if _, err := t.fleet.launch(ctx, fmt.Sprintf("api-%d", i+1), roleAPI, "", env); err != nil {
			return err
		}
	}
	return nil
}

// deploy brings a new build of the workers into service, two of them: requests that are new from then on are
// theirs, those under way stay with the build they began under.
func (t *town) deploy(ctx context.Context) error {
	t.builds++
	build := fmt.Sprintf("build-%d", t.builds)
	for i := range 2 {
		env := t.environment(roleWorker)
		env["FRIENDPAY_WORKER_BUILD"] = build
		name := fmt.Sprintf("worker-%d-%d", t.builds, i+1)
		if _, err := t.fleet.launch(ctx, name, roleWorker, build, env); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	deployment := t.house.Parts.Temporal.WorkerDeploymentClient().GetHandle("friendpay")
	for {
		asking, done := context.WithTimeout(ctx, 20*time.Second)
		current := client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build}
		_, err := deployment.SetCurrentVersion(asking, current)
		done()
		if err == nil {
			t.newest = build
			return nil
		}
		if !pause(ctx, 250*time.Millisecond) {
			return fmt.Errorf("bring %s into service: %w", build, err)
		}
	}
}

// close takes everything down and leaves nothing behind, unless the options say so.
func (t *town) close() error {
	var errs []error
	if t.fleet != nil {
		errs = append(errs, t.fleet.close())
	}
	if t.house != nil {
		errs = append(errs, t.house.Close())
	}
	errs = append(errs, t.edges.close())
	if t.front != nil {
		errs = append(errs, t.front.close())
	}
	if t.sink != nil {
		errs = append(errs, t.sink.Close())
	}
	if t.options.Keep {
		t.options.Report.line(map[string]any{"kept": t.dir})
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, os.RemoveAll(t.dir))...)
}
