package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/policy"
)

// place is what a link is open in, as far as the browser tells. It is a hint for what to
// offer and never a reason to trust.
type place struct {
	surface string // as in policy; "": nothing is told, as by a program
	version string // of the app that the surface is; "": not known
}

// marks are what tells a surface in a browser's own description of itself, the more
// telling first. An app's version follows its mark.
var marks = []struct {
	mark, surface string
	app           bool // the mark is that of an app, not of a browser
}{
	{"MicroMessenger", policy.SurfaceWeChat, true},
	{"AlipayClient", policy.SurfaceAlipay, true},
	{"UnionPay", policy.SurfaceUnionPay, true},
	{"CloudPay", policy.SurfaceUnionPay, true},
	{" QQ/", policy.SurfaceQQ, true},
	{"Android", policy.SurfaceMobile, false},
	{"iPhone", policy.SurfaceMobile, false},
	{"iPad", policy.SurfaceMobile, false},
	{"HarmonyOS", policy.SurfaceMobile, false},
	{"OpenHarmony", policy.SurfaceMobile, false},
	{"Mobile", policy.SurfaceMobile, false},
	{"Windows NT", policy.SurfaceDesktop, false},
	{"Macintosh", policy.SurfaceDesktop, false},
	{"X11;", policy.SurfaceDesktop, false},
	{"CrOS", policy.SurfaceDesktop, false},
}

// programs are what callers without a person before them say of themselves: of them
// nothing is concluded, as of one that says nothing.
var programs = []string{"curl/", "Wget/", "Go-http-client/", "python-", "okhttp/", "Java/"}

// placeOf reads a User-Agent. What shows pages and cannot be told is unknown.
func placeOf(userAgent string) place {
	for _, m := range marks {
		at := strings.Index(userAgent, m.mark)
		switch {
		case at < 0:
		case m.surface == policy.SurfaceWeChat && isWeCom(userAgent):
		case m.app:
			return place{m.surface, versionAfter(userAgent[at+len(m.mark):])}
		default:
			return place{surface: m.surface}
		}
	}
	if userAgent == "" || isProgram(userAgent) {
		return place{}
	}
	return place{surface: policy.SurfaceUnknown}
}

func isProgram(userAgent string) bool {
	for _, name := range programs {
		if strings.HasPrefix(userAgent, name) {
			return true
		}
	}
	return false
}

// isWeCom tells WeChat's sister for offices, which looks like WeChat and has none of its
// payments.
func isWeCom(userAgent string) bool { return strings.Contains(userAgent, "wxwork") }

// versionAfter is "8.0.49" of "/8.0.49(0x18003137) NetType/WIFI"; "" where none is told.
func versionAfter(rest string) string {
	rest = strings.TrimPrefix(rest, "/")
	end := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end >= 0 {
		rest = rest[:end]
	}
	if rest = strings.Trim(rest, "."); len(rest) > maxVersion {
		return ""
	}
	return rest
}

const maxVersion = 32

// entries are what WeChat writes behind an address that it opens, by where it was shown.
var entries = map[string]string{
	"timeline":      policy.SurfaceMoments,
	"groupmessage":  policy.SurfaceGroup,
	"singlemessage": policy.SurfaceWeChat,
}

// entryCookie keeps where the link was shown for the pages after it, whose addresses do
// not say it. It is a hint, like all of this.
const entryCookie = "__Host-friendpay-entry"

// placed is where a call comes from: by its browser and, inside WeChat, by its entry.
func placed(c echo.Context) place {
	found := placeOf(c.Request().UserAgent())
	if found.surface == policy.SurfaceWeChat {
		found.surface = orDefault(entries[entry(c)], found.surface)
	}
	return found
}

// placedFor is the same, but that whoever reads a page has something to read it with, even
// where it says nothing of itself, or says that it is a program: that is the unknown.
func (s *Server) placedFor(c echo.Context) place {
	found := placed(c)
	if found.surface == "" && s.routes[c.Request().Method+" "+c.Path()].page {
		found.surface = policy.SurfaceUnknown
	}
	return found
}

func entry(c echo.Context) string {
	if from := c.QueryParam("from"); from != "" {
		return from
	}
	kept, err := c.Cookie(entryCookie)
	if err != nil {
		return ""
	}
	return kept.Value
}

// keepEntry remembers how this link was entered, and forgets how another was.
func keepEntry(c echo.Context) {
	from, life := c.QueryParam("from"), 0
	if _, known := entries[from]; !known {
		if _, err := c.Cookie(entryCookie); err != nil {
			return // there is nothing to forget
		}
		from, life = "", -1
	}
	c.SetCookie(&http.Cookie{
		Name: entryCookie, Value: from, Path: "/", MaxAge: life, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}

// appOf is the app that a surface is part of, if it is one that shows pages of others; else "".
func appOf(surface string) string {
	switch surface {
	case policy.SurfaceWeChat, policy.SurfaceGroup, policy.SurfaceMoments:
		return "wechat"
	case policy.SurfaceAlipay, policy.SurfaceQQ, policy.SurfaceUnionPay:
		return surface
	default:
		return ""
	}
}

// surface is what the caller's browser runs in.
func surface(ctx context.Context) string { return where(ctx).surface }

// surfaceVersion is that of the app that the caller's browser is part of.
func surfaceVersion(ctx context.Context) string { return where(ctx).version }

func where(ctx context.Context) place {
	known, _ := ctx.Value(surfaceKey).(place)
	return known
}
