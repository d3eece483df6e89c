package api

import (
	"context"
	"strings"

	"github.com/friendpay/friendpay/policy"
)

// marks are what tells a surface in a browser's own description of itself, the more
// telling first. It is a hint for what to offer and never a reason to trust.
var marks = []struct{ mark, surface string }{
	{"MicroMessenger", policy.SurfaceWeChat},
	{"AlipayClient", policy.SurfaceAlipay},
	{"UnionPay", policy.SurfaceUnionPay},
	{"CloudPay", policy.SurfaceUnionPay},
	{" QQ/", policy.SurfaceQQ},
	{"Android", policy.SurfaceMobile},
	{"iPhone", policy.SurfaceMobile},
	{"iPad", policy.SurfaceMobile},
	{"HarmonyOS", policy.SurfaceMobile},
	{"OpenHarmony", policy.SurfaceMobile},
	{"Mobile", policy.SurfaceMobile},
	{"Mozilla/", policy.SurfaceDesktop},
}

// surfaceOf reads a User-Agent; "" where it says nothing, as a program's does.
// WeCom looks like WeChat and has none of its payments.
func surfaceOf(userAgent string) string {
	for _, m := range marks {
		if strings.Contains(userAgent, m.mark) && (m.surface != policy.SurfaceWeChat || !isWeCom(userAgent)) {
			return m.surface
		}
	}
	return ""
}

func isWeCom(userAgent string) bool { return strings.Contains(userAgent, "wxwork") }

// surface is what the caller's browser runs in.
func surface(ctx context.Context) string {
	known, _ := ctx.Value(surfaceKey).(string)
	return known
}
