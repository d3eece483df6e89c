package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// named gives every call an id of our own; a caller's would be an input to logs.
func (s *Server) named(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := "call_" + rand.Text()
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		ctx := context.WithValue(c.Request().Context(), callKey, id)
		ctx = context.WithValue(ctx, addressKey, c.RealIP())
		ctx = context.WithValue(ctx, surfaceKey, s.placedFor(c))
		ctx = context.WithValue(ctx, localeKey, web.Reads(c.Request()))
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// ipv6Site is how much of an IPv6 address names a customer; the rest is his to vary.
const ipv6Site = 64

// address is where the call came from, as ipExtractor believes it, for counting: of
// IPv6 the site only, since one machine has more addresses there than we could count.
func address(ctx context.Context) string {
	from := browserAddress(ctx)
	ip, err := netip.ParseAddr(from)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return from
	}
	site, err := ip.WithZone("").Prefix(ipv6Site)
	if err != nil {
		return from
	}
	return site.String()
}

// browserAddress is the whole address: providers of some products must be told it.
func browserAddress(ctx context.Context) string {
	from, _ := ctx.Value(addressKey).(string)
	return from
}

func callID(ctx context.Context) string {
	id, _ := ctx.Value(callKey).(string)
	return id
}

// logged writes one line and one measurement a call. The route's template stands
// for the path: paths, queries and headers hold tokens and ids of people.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		s.gauges.running.Inc()
		if err := next(c); err != nil {
			s.answerError(err, c)
		}
		s.gauges.running.Dec()
		ctx, took, status := c.Request().Context(), time.Since(start), c.Response().Status
		template := c.Path()
		if _, listed := s.routes[c.Request().Method+" "+template]; !listed {
			template = "(none)"
		}
		tracing.Answered(ctx, methodLabel(c.Request().Method), template)
		s.gauges.calls.WithLabelValues(template, methodLabel(c.Request().Method), strconv.Itoa(status)).
			Observe(took.Seconds())
		s.Log.InfoContext(ctx, "call", "call", callID(ctx), "method", methodLabel(c.Request().Method),
			"route", template, "status", status, "ms", took.Milliseconds(), "bytes", c.Response().Size,
			"caller", string(caller(ctx).Kind))
		return nil
	}
}

// methodLabel keeps strangers from inventing label values.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// contentPolicy has no form-action on purpose: a browser applies it to the whole
// chain of redirects, and paying leaves for the provider's host.
const contentPolicy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
	"frame-ancestors 'none'"

// SecureHeaders are those of every answer; a handler that knows better sets them again.
func SecureHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
}

func (s *Server) secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		SecureHeaders(h)
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// recovered turns a panic into an error of ours.
func (s *Server) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				s.gauges.panics.Inc()
				err = fmt.Errorf("panic: %v", cause)
			}
		}()
		return next(c)
	}
}

// limited bounds what a call may send and how long it may take.
func (s *Server) limited(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := c.Request()
		if request.ContentLength > maxBody {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		request.Body = http.MaxBytesReader(c.Response(), request.Body, maxBody)
		if s.routes[request.Method+" "+c.Path()].streams {
			return next(c)
		}
		deadline := time.Now().Add(s.Config.CallTimeout)
		err := http.NewResponseController(c.Response()).SetWriteDeadline(deadline.Add(writePatience))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("set the deadline: %w", err)
		}
		ctx, cancel := context.WithDeadline(request.Context(), deadline)
		defer cancel()
		c.SetRequest(request.WithContext(ctx))
		return next(c)
	}
}

// sameSite refuses unsafe calls that a browser makes for another site; programs
// send neither Origin nor Sec-Fetch-Site and pass.
func (s *Server) sameSite() (echo.MiddlewareFunc, error) {
	protection := http.NewCrossOriginProtection()
	if s.Config.PublicURL != "" { // also where a proxy shows us another Host
		if err := protection.AddTrustedOrigin(s.Config.PublicURL); err != nil {
			return nil, fmt.Errorf("the public address must be like https://pay.example.com: %w", err)
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			foreign := s.routes[c.Request().Method+" "+c.Path()].foreign
			if protection.Check(c.Request()) != nil && !foreign && !s.bySecretAlone(c) {
				return models.Refuse(models.Forbidden, "cross_site", "Another site sent this.")
			}
			return next(c)
		}
	}, nil
}

// bySecretAlone says that the secret in the address, no cookie, is what counts
// here, and that the browser does not say where the call comes from: one of before
// 2023 sends "Origin: null" from a page that sends no Referer, as ours behind a
// link is.
func (s *Server) bySecretAlone(c echo.Context) bool {
	h := c.Request().Header
	return s.routes[c.Request().Method+" "+c.Path()].secret &&
		h.Get("Sec-Fetch-Site") == "" && h.Get(echo.HeaderOrigin) == "null"
}

// ipExtractor believes X-Forwarded-For from the proxies named, and nobody else.
func ipExtractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{
		echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false),
	}
	for _, p := range proxies {
		bits := net.CIDRMask(p.Bits(), p.Addr().BitLen())
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: bits}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
