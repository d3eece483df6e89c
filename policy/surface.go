package policy

// The surfaces: what a link is open in. A more exact word begins with one of them
// and an underscore, such as "wechat_group"; any other word says nothing.
const (
	SurfaceWeChat   = "wechat"
	SurfaceAlipay   = "alipay"
	SurfaceUnionPay = "unionpay"
	SurfaceQQ       = "qq"
	SurfaceMobile   = "mobile" // a browser on a phone
	SurfaceDesktop  = "desktop"
)

var surfaces = map[string]bool{
	SurfaceWeChat: true, SurfaceAlipay: true, SurfaceUnionPay: true, SurfaceQQ: true,
	SurfaceMobile: true, SurfaceDesktop: true,
}

// KnownSurface says that something can be concluded from the word.
func KnownSurface(word string) bool {
	return surfaces[SurfaceFamily(word)]
}

// WorksOn says that a channel's product can be paid on a surface: a channel that
// names none works on all, and of an unknown surface nothing is concluded.
func (c Channel) WorksOn(surface string) bool {
	if len(c.Surfaces) == 0 || !KnownSurface(surface) {
		return true
	}
	family := SurfaceFamily(surface)
	for _, works := range c.Surfaces {
		if works == family || works == surface {
			return true
		}
	}
	return false
}
