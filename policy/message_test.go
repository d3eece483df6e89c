package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestWordsForStrangers(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]policy.Fault{
		"": policy.NoFault,
		"这个月钱花光了，江湖救急，月底还你 129 元！":          policy.NoFault,
		"生日快乐 🎂 👨‍👩‍👧 谢谢":                   policy.NoFault,
		"See you at 20:30. Thank you, Mum!": policy.NoFault,
		"三点半一起喝咖啡吧":                         policy.NoFault,
		"谢谢。OK 的话今晚付。thanks":                policy.NoFault,
		"<b>ok</b> & \"ok\"":                policy.NoFault,
		"Zoë, déjà vu":                      policy.NoFault,
		strings.Repeat("谢", 60):             policy.NoFault,
		"帮我付 129.00 元":                      policy.NoFault, "1299.00": policy.NoFault,
		"12.22 20:30 前": policy.NoFault,
		"2026-11-22":    policy.NoFault, "2026-11-22 20:30 前": policy.NoFault, "520 1314": policy.NoFault,
		"三三两两一起": policy.NoFault, "爱你 5201314": policy.NoFault, "2026-11-22 一起吃": policy.NoFault,
		"20:30-21:30 都行": policy.NoFault, "12.22-12.25 在": policy.NoFault, "1.5 杯咖啡": policy.NoFault,
		"Thanks. Next time is on me": policy.NoFault, "See you. Me too": policy.NoFault,
		"一一五〇二": policy.NoFault,
		"谢谢你！":  policy.NoFault, "爱你。中国加油": policy.NoFault,

		strings.Repeat("谢", 61): policy.TooLong,

		"a\nb": policy.Invisible, "a\u0000b": policy.Invisible, "a\u007fb": policy.Invisible,
		"a\u202eb": policy.Invisible, "a\u2066b": policy.Invisible, "a\u200fb": policy.Invisible,
		"138\u200b00": policy.Invisible, "a\u2028b": policy.Invisible, "a\ufeffb": policy.Invisible,
		"Z\u0335\u0336\u0337\u0338": policy.Invisible, "a\xffb": policy.Invisible,

		"看 https://a.example": policy.Address, "WWW.a": policy.Address, "me@home": policy.Address,
		"pay.me/x": policy.Address, "ｗｗｗ．ａ": policy.Address, "abc。com": policy.Address,
		"abc 点 com": policy.Address, "ABC.CN": policy.Address, "中文.中国 a.co": policy.Address,
		"送到南京路100号": policy.Address, "在 3栋": policy.Address, "301室": policy.Address,

		"点 淘宝.com 领奖": policy.Address, "支付宝.中国": policy.Address, "a 点 com": policy.Address,
		"淘宝 点 com": policy.Address, "example .com": policy.Address, "evil。com": policy.Address,
		"ｅｖｉｌ．ｃｎ": policy.Address, "看 evil.cn": policy.Address, "xn--a": policy.Address,
		"𝐞𝐯𝐢𝐥.𝐜𝐧": policy.Address, "ⓔⓥⓘⓛ.ⓒⓝ": policy.Address, "a@b.com": policy.Address,

		"13800138000": policy.Digits, "138 0013 8000": policy.Digits, "1-3-8-0-0-1-3-8": policy.Digits,
		"１２３４５６７８": policy.Digits, "①②③④⑤⑥⑦⑧": policy.Digits, "٣٤٥٦٧٣٤٥": policy.Digits,
		"1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣": policy.Digits, "１３８-0013-8000": policy.Digits,
		"一三八零零一三八零零零": policy.Digits, "壹叁捌壹贰叁肆伍陆柒捌": policy.Digits,
		"1381234/5678": policy.Digits, "138.0013.8000": policy.Digits, "13.80 01.38 00": policy.Digits,
		"13:80:01:38:00:0": policy.Digits, "138🍎0013🍎8000": policy.Digits, "加 138一二三四5678": policy.Digits,
		"12.22 20:30 13800138000": policy.Digits, "6222 0000 1111 2222": policy.Digits,
		"1-3 8:12 3456.78": policy.Digits, "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖": policy.Digits, "138,0013,8000": policy.Digits,
	} {
		require.Equal(t, want, policy.FaultOf(words, 60), "%q", words)
	}
}

// Whatever stands around it, a phone number does not get through.
func FuzzNoNumberGetsThrough(f *testing.F) {
	f.Add("加我", "谢谢", 0)
	f.Add("", "", 3)
	f.Fuzz(func(t *testing.T, before, after string, gap int) {
		between := []string{"", " ", "-", "·", "\u3000", " - "}[uint(gap)%6]
		phone := strings.Join([]string{"138", "0013", "8000"}, between)
		require.NotEqual(t, policy.NoFault, policy.FaultOf(before+phone+after, 1<<20))
	})
}
