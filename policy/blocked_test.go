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

func TestWhichSurfacesPeopleReport(t *testing.T) {
	t.Parallel()
	wechat := func(links, visitors int64) policy.Reports { return policy.Reports{"wechat", links, visitors} }
	alipay := func(links, visitors int64) policy.Reports { return policy.Reports{"alipay", links, visitors} }
	for name, row := range map[string]struct {
		seen []policy.Reports
		want []string
	}{
		"nobody says anything":   {nil, nil},
		"enough":                 {[]policy.Reports{wechat(5, 5)}, []string{"wechat"}},
		"too few links":          {[]policy.Reports{wechat(4, 50)}, nil},
		"one who is cross":       {[]policy.Reports{wechat(50, 1)}, nil},
		"nearly enough people":   {[]policy.Reports{wechat(50, 4)}, nil},
		"each by itself":         {[]policy.Reports{wechat(4, 4), alipay(4, 4)}, nil},
		"both, in their order":   {[]policy.Reports{wechat(9, 9), alipay(5, 6)}, []string{"alipay", "wechat"}},
		"the one, not the other": {[]policy.Reports{wechat(9, 9), alipay(4, 9)}, []string{"wechat"}},
	} {
		require.Equal(t, row.want, policy.ReportedSurfaces(row.seen), name)
	}
}
