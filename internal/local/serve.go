package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim"
)

// listenAPI takes the API's address, which others have to know before it is served.
func (h *House) listenAPI(ctx context.Context) error {
	if h.options.PublicURL != "" {
		h.APIURL = h.options.PublicURL
		return nil
	}
	listener, err := listen(ctx, h.options.Listen)
	if err != nil {
		return err
	}
	h.closers = append(h.closers, ignoreClosed(listener.Close))
	h.APIURL, h.listener = "http://"+listener.Addr().String(), listener
	return nil
}

// startSim serves the provider simulator.
func (h *House) startSim(ctx context.Context) error {
	listener, err := listen(ctx, h.options.SimListen)
	if err != nil {
		return err
	}
	h.SimURL = "http://" + listener.Addr().String()
	if h.simRoad, err = h.roadToSim(); err != nil {
		return err
	}
	speed := h.options.SimSpeed
	if speed == 0 {
		speed = float64(h.options.Speed)
	}
	h.Sim, err = paysim.New(paysim.Options{
		StateDir: h.state("paysim"), Speed: speed, PublicURL: h.SimURL, Strict: true, EarlyBills: true,
		Domain: strings.TrimPrefix(h.APIURL, "http://"),
	})
	if err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	h.closers = append(h.closers, h.Sim.Close)
	server := &http.Server{Handler: h.Sim.Handler(), ReadHeaderTimeout: 5 * time.Second}
	h.serve(listener, server) //nolint:contextcheck // served until Close, not for as long as Start
	return nil
}

func (h *House) roadToSim() (string, error) {
	if h.options.SimVia == nil {
		return h.SimURL, nil
	}
	return h.options.SimVia(h.SimURL)
}

// serveAPI answers on the address that was promised to everybody.
func (h *House) serveAPI(context.Context) error {
	if h.listener == nil {
		return nil
	}
	server, err := h.Parts.Server() //nolint:contextcheck // handlers have contexts of their own
	if err != nil {
		return fmt.Errorf("build the API: %w", err)
	}
	served := server.HTTPServer("")
	if h.shop != nil {
		served.Handler = h.shop.Before(served.Handler)
		served.RegisterOnShutdown(h.shop.Drain)
	}
	if h.options.Gate != nil {
		served.Handler = h.options.Gate(served.Handler)
	}
	h.serve(h.listener, served) //nolint:contextcheck // served until Close
	return nil
}

// serveWorker tells how the worker fares, from before it runs until after it.
func (h *House) serveWorker(ctx context.Context) error {
	if h.options.WorkerListen == "" {
		return nil
	}
	listener, err := listen(ctx, h.options.WorkerListen)
	if err != nil {
		return err
	}
	h.WorkerURL = "http://" + listener.Addr().String()
	h.serve(listener, h.Parts.WorkerServer("", h.worker.Load)) //nolint:contextcheck // served until Close
	return nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

// serve answers on the listener until the house closes.
func (h *House) serve(listener net.Listener, server *http.Server) {
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	h.closers = append(h.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil { // an open stream would keep it for ever
			err = server.Close()
			return errors.Join(err, ended(<-done))
		}
		return ended(<-done)
	})
}

func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func ignoreClosed(closing func() error) func() error {
	return func() error {
		if err := closing(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
}

// quiet are the hours at which nobody is reminded: time that runs faster has no nights.
func (h *House) quiet() string {
	if h.options.Speed > 1 {
		return "none"
	}
	return "22:00-08:00"
}
