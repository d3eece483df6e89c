package paysim_test

import (
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/url"
	"testing"
	_ "time/tzdata" // gopay asks for Shanghai's time by name

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/alipay"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// detour sends what goes to Alipay's own name to the simulator.
type detour struct {
	to   *url.URL
	next http.RoundTripper
}

func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	led := r.Clone(r.Context())
	led.URL.Scheme, led.URL.Host, led.URL.Path = d.to.Scheme, d.to.Host, aliGateway
	led.Host = "openapi.alipay.com"
	return d.next.RoundTrip(led)
}

// aliStranger is a client that others wrote from the same documents, in the
// account's mode: what the simulator gets wrong, it finds.
func aliStranger(s *stall) *alipay.Client {
	c, err := alipay.NewClient(s.account.AppID, s.account.PrivateKey, true)
	require.NoError(s.t, err)
	to, err := url.Parse(s.base)
	require.NoError(s.t, err)
	c.SetLocation("Asia/Shanghai").SetNotifyUrl(nowhere)
	c.GetHttpClient().SetTransport(detour{to, s.client.Transport})
	if !s.account.CertMode {
		c.AutoVerifySign([]byte(s.account.AlipayPublicKey))
		return c
	}
	require.NoError(s.t, c.SetCertSnByContent(
		[]byte(s.account.AppCert), []byte(s.account.RootCert), []byte(s.account.AlipayCert)))
	return c
}

// bothModes plays a scene once by the public key and once by certificates.
func bothModes(t *testing.T, scene func(*testing.T, *stall, *alipay.Client)) {
	t.Helper()
	for i, mode := range []string{"public key", "certificates"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := openStall(t, paysim.Options{Speed: 1000})
			s.become(s.sim.AlipayAccounts()[i])
			scene(t, s, aliStranger(s))
		})
	}
}

func refusedAs(t *testing.T, err error, code string) {
	t.Helper()
	refusal, is := alipay.IsBizError(err)
	require.True(t, is, "%v", err)
	require.Equal(t, code, refusal.SubCode)
}

func TestAStrangersClientPaysByAlipay(t *testing.T) {
	t.Parallel()
	bothModes(t, func(t *testing.T, s *stall, c *alipay.Client) {
		ctx, number := t.Context(), newNumber()
		named := gopay.BodyMap{"out_trade_no": number}
		biz := gopay.BodyMap(s.goods(aliPrecreate, number))
		made, err := c.TradePrecreate(ctx, biz)
		require.NoError(t, err)
		require.Contains(t, made.Response.QrCode, s.base+"/alipay/cashier?qr=")
		_, err = c.TradeQuery(ctx, named)
		refusedAs(t, err, "ACQ.TRADE_NOT_EXIST")
		status, _ := s.payment(members{"qr_code": made.Response.QrCode, "openid": "friend01"})
		require.Equal(t, http.StatusOK, status)
		found, err := c.TradeQuery(ctx, named)
		require.NoError(t, err)
		require.Equal(t, "TRADE_SUCCESS", found.Response.TradeStatus)
		require.Equal(t, "friend01", found.Response.BuyerOpenId)
		require.Equal(t, "129.00", found.Response.TotalAmount)
		_, err = c.TradePrecreate(ctx, biz)
		refusedAs(t, err, "ACQ.TRADE_HAS_SUCCESS")
		_, err = c.TradeClose(ctx, named)
		refusedAs(t, err, "ACQ.TRADE_STATUS_ERROR")

		number = newNumber()
		created, err := c.TradeCreate(ctx, gopay.BodyMap(s.goods(aliCreate, number)))
		require.NoError(t, err)
		closed, err := c.TradeClose(ctx, gopay.BodyMap{"trade_no": created.Response.TradeNo})
		require.NoError(t, err)
		require.Equal(t, number, closed.Response.OutTradeNo)
	})
}

func TestAStrangersClientRefundsByAlipay(t *testing.T) {
	t.Parallel()
	bothModes(t, func(t *testing.T, s *stall, c *alipay.Client) {
		ctx, number, request := t.Context(), s.paid(nowhere), newNumber()
		biz := gopay.BodyMap{"out_trade_no": number, "refund_amount": "9.00", "out_request_no": request}
		first, err := c.TradeRefund(ctx, biz)
		require.NoError(t, err)
		require.Equal(t, "Y", first.Response.FundChange)
		require.Equal(t, "9.00", first.Response.RefundFee)
		again, err := c.TradeRefund(ctx, biz)
		require.NoError(t, err)
		require.Equal(t, "N", again.Response.FundChange)
		both := gopay.BodyMap{"out_trade_no": number, "out_request_no": request}
		found, err := c.TradeFastPayRefundQuery(ctx, both)
		require.NoError(t, err)
		require.Equal(t, "REFUND_SUCCESS", found.Response.RefundStatus)
		cancelled, err := c.TradeCancel(ctx, gopay.BodyMap{"out_trade_no": number})
		require.NoError(t, err)
		require.Equal(t, "refund", cancelled.Response.Action)
		day, err := c.DataBillDownloadUrlQuery(ctx, gopay.BodyMap{"bill_type": "trade", "bill_date": today()})
		require.NoError(t, err)
		require.Contains(t, day.Response.BillDownloadUrl, s.base+"/alipay/bill?")
	})
}

func TestAStrangersClientReadsAlipaysNotifications(t *testing.T) {
	t.Parallel()
	bothModes(t, func(t *testing.T, s *stall, _ *alipay.Client) {
		address, came := aliListener(t)
		number := s.paid(address)
		for _, state := range []string{"TRADE_SUCCESS", "TRADE_CLOSED"} {
			form := nextForm(t, came)
			s.refund(number, "RF1", "129.00")
			notice, err := alipay.ParseNotifyByURLValues(form)
			require.NoError(t, err)
			require.Equal(t, state, notice.GetString("trade_status"))
			if s.account.CertMode {
				genuine, err := alipay.VerifySignWithCert([]byte(s.account.AlipayCert), notice)
				require.NoError(t, err)
				require.True(t, genuine)
				continue
			}
			block, _ := pem.Decode([]byte(s.account.AlipayPublicKey))
			genuine, err := alipay.VerifySign(base64.StdEncoding.EncodeToString(block.Bytes), notice)
			require.NoError(t, err)
			require.True(t, genuine)
		}
	})
}

func TestAStrangersLinkLeadsToAlipaysCashier(t *testing.T) {
	t.Parallel()
	bothModes(t, func(t *testing.T, s *stall, c *alipay.Client) {
		for method, make := range map[string]func(gopay.BodyMap) (string, error){
			aliWap:  func(biz gopay.BodyMap) (string, error) { return c.TradeWapPay(t.Context(), biz) },
			aliPage: func(biz gopay.BodyMap) (string, error) { return c.TradePagePay(t.Context(), biz) },
		} {
			number := newNumber()
			link, err := make(gopay.BodyMap(s.goods(method, number)))
			require.NoError(t, err)
			u, err := url.Parse(link)
			require.NoError(t, err)
			status, code := s.payment(members{"url": s.base + aliGateway + "?" + u.RawQuery})
			require.Equal(t, http.StatusOK, status, code)
			require.Equal(t, "TRADE_SUCCESS", s.query(number).get("trade_status"))
		}
	})
}
