package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

const (
	androidPhone = "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) "
	iPhone       = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML) "
	windows      = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	macintosh    = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	harmony      = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) "
)

// How the apps and browsers of the day describe themselves.
var agents = map[string]place{
	androidPhone + "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20240404 " +
		"MMWEBID/98 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64 Weixin NetType/WIFI ABI/arm64": {
		"wechat", "8.0.49.2600"},
	iPhone + "Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN": {"wechat",
		"8.0.49"},
	iPhone + "Mobile/15E148 MicroMessenger/7.0.20": {"wechat",
		"7.0.20"},
	harmony + "Chrome/114.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.11.30(0xF38000B)": {"wechat",
		"8.0.11.30"},
	windows + "Chrome/116.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) " +
		"WindowsWechat(0x63090a13) UnifiedPCWindowsWechat": {"wechat", "7.0.20.1781"},
	macintosh + "MicroMessenger/6.8.0(0x16080000) MacWechat/3.8.7(0x13080712)": {"wechat", "6.8.0"},
	androidPhone + "Chrome/116.0.0.0 Mobile Safari/537.36 MMWEBSDK/20230805 miniProgram/wx1 " +
		"MicroMessenger/8.0.42": {"wechat", "8.0.42"},
	iPhone + "MicroMessenger":  {"wechat", ""},
	iPhone + "MicroMessenger/": {"wechat", ""},

	iPhone + "Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh":                   {"mobile", ""},
	androidPhone + "Chrome/116.0.0.0 Mobile Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1": {"mobile", ""},
	windows + "Safari/537.36 wxwork/4.1.30 (MicroMessenger/6.2) WeCom":                        {"desktop", ""},

	androidPhone + "Version/4.0 Chrome/105.0 UWS/5.12.1.0 Mobile Safari/537.36 UCBS/5.12.1.0_240605174018 " +
		"NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI,ws:411|0|2.625) AliApp(AP/10.6.8.8000) " +
		"AlipayClient/10.6.8.8000 Language/zh-Hans": {"alipay", "10.6.8.8000"},
	iPhone + "Mobile/21F79 NebulaSDK/1.8.100112 Nebula AliApp(AP/10.6.8.6001) AlipayClient/10.6.8.6001": {
		"alipay", "10.6.8.6001"},
	iPhone + "Mobile/15E148 AlipayClient/10.6.8": {"alipay", "10.6.8"},

	iPhone + "Mobile/15E148 QQ/9.0.80.635 V1_IPH_SQ_9.0.80_1_APP_A Pixel/1125 Core/WKWebView": {"qq",
		"9.0.80.635"},
	androidPhone + "Version/4.0 Chrome/109.0 MQQBrowser/6.2 TBS/046291 Mobile Safari/537.36 " +
		"V1_AND_SQ_9.0.75_7168_YYB_D QQ/9.0.75.17920 NetType/WIFI": {"qq", "9.0.75.17920"},
	androidPhone + "Version/4.0 Chrome/109.0 MQQBrowser/15.1 Mobile Safari/537.36": {"mobile", ""},

	androidPhone + "Chrome/99.0 Mobile Safari/537.36 (com.unionpay.mobilepay) UnionPay/1.0 CloudPay": {
		"unionpay", "1.0"},
	iPhone + "Mobile/15E148/sa-sdk-ios (com.unionpay.chsp) (cordova 4.5.4) (UnionPay/1.0 CloudPay)": {
		"unionpay", "1.0"},
	androidPhone + "Mobile Safari/537.36 CloudPay 10.1": {"unionpay", ""},

	iPhone + "Version/17.5 Mobile/15E148 Safari/604.1":                                      {"mobile", ""},
	androidPhone + "Chrome/126.0.0.0 Mobile Safari/537.36":                                  {"mobile", ""},
	androidPhone + "Version/4.0 Chrome/100 Mobile Safari/537.36 UCBrowser/16.6.5":           {"mobile", ""},
	androidPhone + "Version/4.0 Chrome/100 Mobile Safari/537.36 HuaweiBrowser/15.0 HMSCore": {"mobile", ""},
	androidPhone + "Chrome/100 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.7":                {"mobile", ""},
	harmony + "Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4":    {"mobile", ""},
	androidPhone + "Mobile Safari/537.36 Weibo (Xiaomi__weibo__14.6.1__android)":            {"mobile", ""},
	iPhone + "Mobile/15E148 AliApp(TB/10.36.10) WindVane/8.7.2 1125x2436":                   {"mobile", ""},
	iPhone + "Mobile/15E148 aweme_30.3.0 JsSdk/2.0 NetType/WIFI":                            {"mobile", ""},
	"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1": {
		"mobile", ""},
	"Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0": {"mobile", ""},

	windows + "Chrome/126.0.0.0 Safari/537.36":                                     {"desktop", ""},
	windows + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0":                       {"desktop", ""},
	macintosh + "Version/17.5 Safari/605.1.15":                                     {"desktop", ""},
	"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0":       {"desktop", ""},
	"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/126.0.0.0": {"desktop", ""},
	"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko":         {"desktop", ""},
	"Mozilla/5.0":                            {"unknown", ""},
	"Mozilla/5.0 (compatible; Weltraum 1.0)": {"unknown", ""},
	"Opera Mini, it says":                    {"unknown", ""},
	"x":                                      {"unknown", ""},

	"":                       {"", ""},
	"curl/8.5.0":             {"", ""},
	"Go-http-client/1.1":     {"", ""},
	"python-requests/2.32.3": {"", ""},
}

func TestSurfacesAreRecognised(t *testing.T) {
	t.Parallel()
	for agent, want := range agents {
		require.Equal(t, want, placeOf(agent), agent)
	}
}

// WeChat says behind the address where it was shown; other apps do not, so nobody else is
// believed to be in a chat of WeChat's.
func TestTheEntryIsTold(t *testing.T) {
	t.Parallel()
	const inWeChat, inQQ = iPhone + "MicroMessenger/8.0.49", iPhone + "Mobile/15E148 QQ/9.0.80"
	for name, c := range map[string]struct{ agent, query, cookie, surface string }{
		"Moments":            {inWeChat, "?from=timeline&isappinstalled=0", "", "wechat_moments"},
		"a group":            {inWeChat, "?from=groupmessage", "", "wechat_group"},
		"one person":         {inWeChat, "?from=singlemessage", "groupmessage", "wechat"},
		"a later page":       {inWeChat, "", "timeline", "wechat_moments"},
		"the address counts": {inWeChat, "?from=groupmessage", "timeline", "wechat_group"},
		"nonsense":           {inWeChat, "?from=the_moon", "", "wechat"},
		"nothing":            {inWeChat, "", "", "wechat"},
		"not in QQ":          {inQQ, "?from=timeline", "timeline", "qq"},
	} {
		request := httptest.NewRequest(http.MethodGet, "/f/x"+c.query, nil)
		request.Header.Set("User-Agent", c.agent)
		request.AddCookie(&http.Cookie{Name: entryCookie, Value: c.cookie})
		require.Equal(t, c.surface, placed(echo.New().NewContext(request, nil)).surface, name)
	}
}

func TestTheEntryIsKeptForThePagesAfterIt(t *testing.T) {
	t.Parallel()
	const gone = "__Host-friendpay-entry=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
	for _, c := range []struct{ from, cookie, want string }{
		{"timeline", "", "__Host-friendpay-entry=timeline; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"the_moon", "timeline", gone},
		{"", "timeline", gone},
		{"", "", ""},
	} {
		recorder, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost,
			"/f/x?from="+c.from, nil)
		if c.cookie != "" {
			request.AddCookie(&http.Cookie{Name: entryCookie, Value: c.cookie})
		}
		keepEntry(echo.New().NewContext(request, recorder))
		require.Equal(t, c.want, recorder.Header().Get("Set-Cookie"), c.from)
	}
}
