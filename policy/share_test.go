package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestWhatMayBeSharedWhere(t *testing.T) {
	t.Parallel()
	var (
		all      = policy.Share{Link: true, Code: true, QR: true}
		link     = policy.Share{Link: true}
		noLink   = policy.Share{Code: true, QR: true}
		picture  = policy.Share{QR: true}
		drawnToo = policy.Share{Link: true, QR: true}
		open     = policy.SurfaceRow{Works: true, ShareCode: true}
		codeless = policy.SurfaceRow{Works: true}
		drawn    = policy.SurfaceRow{Works: true, Fallback: policy.FixQR}
		shut     = policy.SurfaceRow{ShareCode: true}
		shutFast = policy.SurfaceRow{}
		later    = policy.SurfaceRow{Since: now.Add(time.Hour)}
		product  = policy.SurfaceRow{Provider: "wechatpay", Product: "jsapi"}
	)
	type rows map[string]policy.SurfaceRow
	for name, row := range map[string]struct {
		rows  rows
		place string
		want  policy.Share
	}{
		"nothing said, nothing known":     {nil, "", all},
		"a chat":                          {nil, "wechat", all},
		"a group":                         {nil, "wechat_group", all},
		"moments":                         {nil, "wechat_moments", link},
		"nobody knows it":                 {nil, "somewhere_new", link},
		"the exact row":                   {rows{"wechat_moments": open}, "wechat_moments", all},
		"the exact row forbids":           {rows{"wechat_group": codeless}, "wechat_group", link},
		"the picture stays":               {rows{"wechat_group": drawn}, "wechat_group", drawnToo},
		"the exact row before the family": {rows{"wechat": codeless, "wechat_group": open}, "wechat_group", all},
		"the family":                      {rows{"wechat": codeless}, "wechat_group", link},
		"the family before the known":     {rows{"wechat": open}, "wechat_moments", all},
		"one newly known":                 {rows{"somewhere_new": open}, "somewhere_new", all},
		"shut":                            {rows{"wechat": shut}, "wechat", noLink},
		"shut and no codes":               {rows{"wechat": shutFast}, "wechat", picture},
		"shut by the family":              {rows{"wechat": shut}, "wechat_group", noLink},
		"an exact row opens no family": {
			rows{"wechat": shut, "wechat_group": codeless}, "wechat_group", picture,
		},
		"one shut, its family open":  {rows{"wechat": open, "wechat_group": shut}, "wechat_group", noLink},
		"another is shut":            {rows{"alipay": shutFast}, "wechat", all},
		"not yet":                    {rows{"wechat": later}, "wechat", all},
		"a product speaks of itself": {rows{"wechat": product}, "wechat", all},
		"whoever did not say":        {rows{"wechat": shutFast, "": shutFast}, "", all},
	} {
		tables := policy.NewTables()
		for surface, said := range row.rows {
			said.Surface = surface
			tables.Surfaces[surface] = said
		}
		require.Equal(t, row.want, policy.NewCatalogue(1, tables).ShareAt(row.place, now), name)
	}
}

// Something is left everywhere, whatever operators say.
func TestSomethingMayAlwaysBeShared(t *testing.T) {
	t.Parallel()
	for bits := range 1 << 4 {
		tables := policy.NewTables()
		for i, surface := range []string{"wechat", "wechat_group"} {
			tables.Surfaces[fmt.Sprint(i)] = policy.SurfaceRow{
				Surface: surface, Works: bits>>(2*i)&1 == 1, ShareCode: bits>>(2*i+1)&1 == 1,
			}
		}
		got := policy.NewCatalogue(1, tables).ShareAt("wechat_group", now)
		require.True(t, got.Link || got.QR, bits)
	}
}

func TestWhichSurfacesAreShut(t *testing.T) {
	t.Parallel()
	tables := policy.NewTables()
	for key, row := range map[string]policy.SurfaceRow{
		"a": {Surface: "wechat"}, "b": {Surface: "alipay", Works: true},
		"c": {Surface: "qq", Provider: "wechatpay"},
		"d": {Surface: "mobile", Since: now.Add(time.Hour)}, "e": {Surface: "qq_group"},
		"f": {Surface: "desktop"}, "g": {Surface: "desktop", Works: true, Since: now},
	} {
		tables.Surfaces[key] = row
	}
	require.Equal(t, []string{"qq_group", "wechat"}, policy.NewCatalogue(1, tables).ShutSurfaces(now))
}
