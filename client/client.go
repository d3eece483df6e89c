package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// API is friendpay as one API key sees it. The generated calls are there too, under their long names: they
// go the same way, so they repeat themselves and return a *Problem as well.
type API struct {
	*ClientWithResponses

	server string
	doer   *doer
}

// Options change how calls are made; the zero value is what New uses.
type Options struct {
	Transport http.RoundTripper // nil: http.DefaultTransport
	Patience  time.Duration     // of one try, streams apart; 0: 20 s, above the 15 s that the API gives itself
	Tries     int               // of one call; 0: 4
	Plain     bool              // send the key over plain HTTP to other machines than this one

	// Pause waits before the next try; nil: it waits for that long. Tests hand in their own.
	Pause func(ctx context.Context, wait time.Duration) error
}

// New speaks to the friendpay at an address like https://pay.example.com, with an API key (fpk_live_…,
// fpk_test_…).
func New(address, key string) (*API, error) { return NewWith(address, key, Options{}) }

// NewWith is New with options. It refuses to send a key over plain HTTP to another machine.
func NewWith(address, key string, options Options) (*API, error) {
	at, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, errors.New("friendpay's address is like https://pay.example.com")
	}
	if at.Scheme == "http" && !loopback(at.Hostname()) && !options.Plain {
		return nil, errors.New("the key would travel in plain text: use https, or Options.Plain")
	}
	if !strings.HasPrefix(key, "fpk_") {
		return nil, errors.New("an API key begins with fpk_")
	}
	doer := newDoer(key, options)
	generated, err := NewClientWithResponses(at.String(), WithHTTPClient(doer))
	if err != nil {
		return nil, fmt.Errorf("make the client: %w", err)
	}
	return &API{ClientWithResponses: generated, server: at.String(), doer: doer}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsTest says whether the key belongs to test mode, by its own words.
func (a *API) IsTest() bool { return strings.HasPrefix(a.doer.key, "fpk_test_") }
