package paysim_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/pkg/xhttp"
	"github.com/go-pay/gopay/wechat/v3"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// strangersClient is a client that others wrote from the same documents: what
// the simulator gets wrong, it finds.
func strangersClient(s *shop) *wechat.ClientV3 {
	c, err := wechat.NewClientV3(s.account.MchID, s.account.SerialNo, s.account.APIv3Key, s.account.PrivateKey)
	require.NoError(s.t, err)
	c.SetProxyHost(s.base)
	c.SetHttpClient(xhttp.NewClient().SetTransport(s.client.Transport))
	require.NoError(s.t, c.AutoVerifySignByPublicKey([]byte(s.account.PublicKey), s.account.PublicKeyID))
	return c
}

func (s *shop) bodyMap(product, number, url string) gopay.BodyMap {
	return gopay.BodyMap(s.desired(product, number, url))
}

func TestAStrangersClientPaysAndClosesAndAsks(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	c, ctx := strangersClient(s), t.Context()
	number := newNumber()
	body := s.bodyMap("native", number, nowhere)
	code, err := c.V3TransactionNative(ctx, body)
	require.NoError(t, err)
	require.Equal(t, wechat.Success, code.Code, code.Error)
	status, _ := s.payment(members{"code_url": code.Response.CodeUrl, "openid": "oA"})
	require.Equal(t, http.StatusOK, status)
	found, err := c.V3TransactionQueryOrder(ctx, wechat.OutTradeNo, number)
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", found.Response.TradeState)
	require.Equal(t, "oA", found.Response.Payer.Openid)
	require.EqualValues(t, 12900, found.Response.Amount.Total)
	same, err := c.V3TransactionQueryOrder(ctx, wechat.TransactionId, found.Response.TransactionId)
	require.NoError(t, err)
	require.Equal(t, number, same.Response.OutTradeNo)
	refused, err := c.V3TransactionNative(ctx, body)
	require.NoError(t, err)
	require.Equal(t, "ORDERPAID", refused.ErrResponse.Code)

	number = newNumber()
	link, err := c.V3TransactionH5(ctx, s.bodyMap("h5", number, nowhere))
	require.NoError(t, err)
	require.Contains(t, link.Response.H5Url, s.base+"/wechatpay/h5?prepay_id=wx")
	closed, err := c.V3TransactionCloseOrder(ctx, number)
	require.NoError(t, err)
	require.Equal(t, wechat.Success, closed.Code, closed.Error)
	found, err = c.V3TransactionQueryOrder(ctx, wechat.OutTradeNo, number)
	require.NoError(t, err)
	require.Equal(t, "CLOSED", found.Response.TradeState)
}

func TestAStrangersPaySignIsAccepted(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	c := strangersClient(s)
	made, err := c.V3TransactionJsapi(t.Context(), s.bodyMap("jsapi", newNumber(), nowhere))
	require.NoError(t, err)
	require.Equal(t, wechat.Success, made.Code, made.Error)
	params, err := c.PaySignOfJSAPI(s.account.AppID, made.Response.PrepayId)
	require.NoError(t, err)
	status, code := s.payment(members{"bridge": params, "openid": "oFriend01"})
	require.Equal(t, http.StatusOK, status, code)
}

func TestAStrangersClientRefunds(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 1000})
	c, ctx := strangersClient(s), t.Context()
	order, number := s.paid("native", nowhere), newNumber()
	taken, err := c.V3Refund(ctx, gopay.BodyMap(back(order, number, 900)))
	require.NoError(t, err)
	require.Equal(t, wechat.Success, taken.Code, taken.Error)
	require.Equal(t, "PROCESSING", taken.Response.Status)
	s.eventually(number, "refund_done", 1)
	found, err := c.V3RefundQuery(ctx, number, nil)
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", found.Response.Status)
	require.Equal(t, taken.Response.RefundId, found.Response.RefundId)
	require.EqualValues(t, 900, found.Response.Amount.Refund)
}

func TestAStrangersClientReadsCallbacks(t *testing.T) {
	t.Parallel()
	url, came := listener(t)
	s := openShop(t, paysim.Options{Speed: 1000})
	block, _ := pem.Decode([]byte(s.account.PublicKey))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
	read := func() *wechat.V3NotifyReq {
		d := next(t, came)
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(d.text))
		r.Header = d.header
		notice, err := wechat.V3ParseNotify(r)
		require.NoError(t, err)
		require.NoError(t, notice.VerifySignByPK(key.(*rsa.PublicKey)))
		return notice
	}
	order, number := s.paid("jsapi", url), newNumber()
	payment, err := read().DecryptPayCipherText(s.account.APIv3Key)
	require.NoError(t, err)
	require.Equal(t, order, payment.OutTradeNo)
	require.Equal(t, "SUCCESS", payment.TradeState)
	require.Equal(t, "oFriend01", payment.Payer.Openid)
	require.EqualValues(t, 12900, payment.Amount.Total)
	body := back(order, number, 900)
	body["notify_url"] = url
	s.giveBack(body)
	refund, err := read().DecryptRefundCipherText(s.account.APIv3Key)
	require.NoError(t, err)
	require.Equal(t, number, refund.OutRefundNo)
	require.Equal(t, "SUCCESS", refund.RefundStatus)
}

func TestAStrangersClientUsesTheCertificate(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	c := strangersClient(s)
	require.NoError(t, c.AutoVerifySign(false))
	require.Equal(t, s.account.CertificateSerial, c.WxSerialNo)
	made, err := c.V3TransactionNative(t.Context(), s.bodyMap("native", newNumber(), nowhere))
	require.NoError(t, err)
	require.Equal(t, s.account.CertificateSerial, made.SignInfo.HeaderSerial)
}

func TestAStrangersClientFetchesBills(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	c, ctx := strangersClient(s), t.Context()
	number := s.paid("native", nowhere)
	made, err := c.V3BillTradeBill(ctx, gopay.BodyMap{"bill_date": today(), "bill_type": "ALL"})
	require.NoError(t, err)
	require.Equal(t, wechat.Success, made.Code, made.Error)
	text, err := c.V3BillDownLoadBill(ctx, made.Response.DownloadUrl)
	require.NoError(t, err)
	require.Contains(t, string(text), number)
}
