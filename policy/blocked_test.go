package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestWhichSurfacesAreBlocked(t *testing.T) {
	t.Parallel()
	wechat := func(shared, opened int64) policy.Opens { return policy.Opens{"wechat", shared, opened} }
	alipay := func(shared, opened int64) policy.Opens { return policy.Opens{"alipay", shared, opened} }
	both := []string{"alipay", "wechat"}
	qq := policy.Opens{Surface: "qq", Shared: 40, Opened: 20}
	for name, row := range map[string]struct {
		seen []policy.Opens
		want []string
	}{
		"nothing was sent":         {nil, nil},
		"all is well":              {[]policy.Opens{wechat(100, 60), alipay(50, 30)}, nil},
		"blocked":                  {[]policy.Opens{wechat(100, 0), alipay(50, 30)}, []string{"wechat"}},
		"one got through":          {[]policy.Opens{wechat(100, 1), alipay(50, 30)}, []string{"wechat"}},
		"few look, but some do":    {[]policy.Opens{wechat(100, 7), alipay(50, 30)}, nil},
		"too few to say":           {[]policy.Opens{wechat(19, 0), alipay(50, 30)}, nil},
		"nothing to compare with":  {[]policy.Opens{wechat(100, 0), alipay(19, 19)}, nil},
		"nobody looks anywhere":    {[]policy.Opens{wechat(100, 0), alipay(50, 5)}, nil},
		"two of three":             {[]policy.Opens{wechat(30, 0), alipay(30, 0), qq}, both},
		"we ourselves are unwell":  {[]policy.Opens{wechat(100, 0), alipay(100, 0)}, nil},
		"the only surface is dead": {[]policy.Opens{wechat(1000, 0)}, nil},
	} {
		require.Equal(t, row.want, policy.BlockedSurfaces(row.seen), name)
	}
}
