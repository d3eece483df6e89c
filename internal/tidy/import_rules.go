package tidy

import "slices"

// outside are things whose answers differ from one moment to the next.
var outside = []string{
	"crypto/rand", "database/sql", "io/fs", "log", "math/rand", "net", "os", "sync", "syscall",
}

// testing tools, which must not find their way into the binary.
var testTools = []string{
	"github.com/chromedp/chromedp", "github.com/stretchr/testify", "go.uber.org/goleak", "net/http/httptest",
	"pgregory.net/rapid", "testing", "go.temporal.io/sdk/testsuite",
}

// ImportRules are the walls of the house.
var ImportRules = []ImportRule{
	{
		In: []string{"models"}, Only: ours("models"),
		Reason: "the law depends on nothing: it is proven, replayed and read by itself",
	}, {
		In: []string{"policy"}, Only: ours("models", "policy"),
		Reason: "who may pay is a pure question over the vocabulary",
	}, {
		In: []string{"models", "policy"}, Ban: outside, Reach: true,
		Reason: "what is replayed must give the same answer again; chance and time come in as data",
	}, {
		In: []string{"workflows"}, Reach: true,
		Ban:    append(ours("activities", "api", "providers", "store", "web", "worker"), "net/http"),
		Reason: "a workflow waits and decides; it names its effects and never holds them",
	}, {
		In: []string{"activities"}, Ban: ours("workflows", "api", "worker", "web"), Reach: true,
		Reason: "an effect does not know what it is part of",
	}, {
		In: []string{"providers"}, Reach: true,
		Ban:    ours("activities", "api", "store", "web", "worker", "workflows"),
		Reason: "a provider translates one wire; it sees neither the database nor the workflow",
	}, {
		In: []string{"store"}, Ban: ours("activities", "api", "web", "worker", "workflows"), Reach: true,
		Reason: "the store keeps rows for others and calls nobody",
	}, {
		Except: []string{"cmd", "internal/house", "internal/local", "providers", "tests"}, Tests: true,
		Ban:    ours("providers/alipay", "providers/mockpay", "providers/unionpay", "providers/wechatpay"),
		Reason: "a provider is one line where the house is wired; everybody else speaks to the interface",
	}, {
		In: []string{"web"}, Reach: true,
		Ban:    ours("activities", "api", "providers", "store", "worker", "workflows"),
		Reason: "pages show what they are given",
	}, {
		In: []string{"internal/shop"}, Only: ours("client", "internal/shop", "models", "web"),
		Reason: "the demo shop is a merchant: it knows what any merchant's server may know, and how to draw a page",
	}, {
		In: []string{"api"}, Ban: ours("activities", "worker"), Reach: true,
		Reason: "the API turns requests into events; the worker carries out what follows",
	}, {
		In: []string{"internal/paysim"}, Ban: ours("providers"), Tests: true, Reach: true,
		Reason: "a simulator that shares code with the client shares its mistakes, and hides them",
	}, {
		In: []string{"providers"}, Ban: ours("internal/paysim"), Reach: true,
		Reason: "a client that shares code with the simulator shares its mistakes, and hides them",
	}, {
		Except: []string{"internal/paysim/toy", "providers/providertest/toy", "tests"}, Tests: true,
		Ban:    ours("internal/paysim/toy", "providers/providertest/toy"),
		Reason: "the toy is an example of a new provider, and part of nothing",
	}, {
		Except: []string{"store"}, Ban: []string{"gorm.io"}, Tests: true,
		Reason: "only store knows GORM; everybody else speaks models",
	}, {
		Except: []string{"api", "cmd", "internal/paysim", "tests"},
		Ban:    []string{"github.com/labstack/echo", "github.com/danielgtaylor/huma"}, Tests: true,
		Reason: "only api knows HTTP's framework",
	}, {
		Except: []string{"api", "cmd", "internal", "tests", "worker"}, Ban: []string{"go.temporal.io/sdk/client"},
		Reason: "three verbs lead into a workflow, all in internal/door; anything else would be a second door",
	}, {
		Except: []string{"cmd"}, Ban: ours("cmd"), Tests: true,
		Reason: "cmd wires the others together and is nobody's library",
	}, {
		Except: []string{"internal/testkit", "internal/tidy", "providers/providertest", "tests"},
		Ban:    slices.Concat(testTools, ours("internal/testkit", "internal/tidy", "providers/providertest")),
		Reason: "tools of tests stay out of the binary",
	},
}
