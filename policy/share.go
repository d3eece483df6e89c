package policy

// Places where a buyer shares a link, beside the surfaces that a link is open in: what may
// be said differs between a chat and a public wall.
const (
	ShareGroup   = "wechat_group"
	ShareMoments = "wechat_moments"
)

// Share says what may be shared at a place beside the words.
type Share struct {
	Link bool // our address
	Code bool // the short code that stands for it
	QR   bool // a picture of our address
}

// shares lists the places of which we know what they allow. WeChat forbids codes that are to
// be copied into another app in Moments, and pictures of codes there bring reports.
var shares = map[string]Share{
	SurfaceWeChat:   {Link: true, Code: true, QR: true},
	ShareGroup:      {Link: true, Code: true, QR: true},
	ShareMoments:    {Link: true},
	SurfaceAlipay:   {Link: true, Code: true, QR: true},
	SurfaceQQ:       {Link: true, Code: true, QR: true},
	SurfaceUnionPay: {Link: true, Code: true, QR: true},
	SurfaceMobile:   {Link: true, Code: true, QR: true},
	SurfaceDesktop:  {Link: true, Code: true, QR: true},
	"":              {Link: true, Code: true, QR: true}, // the buyer did not say: he gets all, to choose
}

// ShareOf says what may be shared at a place. One that is not known gets the link alone.
func ShareOf(place string) Share {
	if known, listed := shares[place]; listed {
		return known
	}
	return Share{Link: true}
}
