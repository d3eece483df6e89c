package main

import (
	"bytes"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/house"
)

// run calls the program and says what came out, and whether a command began.
func run(t *testing.T, args ...string) (out string, began bool, err error) {
	t.Helper()
	cmd := root(&began)
	var written bytes.Buffer
	cmd.SetOut(&written)
	cmd.SetErr(io.Discard)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return written.String(), began, err
}

func TestAMistakeOfTheCallIsToldFromAFailure(t *testing.T) {
	for _, args := range [][]string{
		{"nonsense"}, {"staff", "show"}, {"staff", "show", "a", "b"}, {"api", "extra"}, {"demo", "--nonsense"},
	} {
		_, began, err := run(t, args...)
		require.Error(t, err, args)
		require.False(t, began, args)
	}
	_, _, missing := run(t, "merchant", "add", "no-such-file.json")
	require.ErrorIs(t, missing, fs.ErrNotExist)
	var usage usageError
	require.NotErrorAs(t, missing, &usage, "a file that is not there is a failure, not a mistake of the call")
	for _, args := range [][]string{
		{"demo", "--scenario", "nonsense"}, {"staff"}, {"staff", "bogus"}, {"merchant"}, {"dev", "--speed", "0"},
		{"codec"}, {"codec", "serve", "--ui", "temporal.example.com"}, {"codec", "serve", "--ui", "https://a/b"},
	} {
		_, _, err := run(t, args...)
		require.ErrorAs(t, err, &usage, args)
	}
}

func TestGeneratedKeysAreGoodSettings(t *testing.T) {
	out, _, err := run(t, "config", "--generate")
	require.NoError(t, err)
	env := map[string]string{
		"FRIENDPAY_PUBLIC_URL": "https://pay.example", "DATABASE_URL": "postgres://localhost/friendpay",
		"FRIENDPAY_SMS_URL": "https://sms.example", "FRIENDPAY_SMS_KEY": "k",
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	_, err = house.Read(env)
	require.NoError(t, err)
}

const tea = `{"id":"mer_tea","name":"Tea","app":"app_tea","app_name":"Tea","mode":"test",
	"default_expiry_seconds":1800,
	"accounts":[{"id":"acc_tea","provider":"mockpay","fee_basis_points":60,"settings":` + deskOfTea + `}],
	"channels":[{"id":"mockpay","account":"acc_tea","provider":"mockpay","product":"wap",
		"min_fen":1,"max_fen":5,"surfaces":["mobile"]}]}`

const deskOfTea = `{"base_url":"http://127.0.0.1:8399","app_id":"a","merchant":"m","key_id":"k","secret":"s",
	"callback_secret":"c"}`

func TestTheExampleOfAMerchantIsOne(t *testing.T) {
	out, _, err := run(t, "merchant", "add", "--help")
	require.NoError(t, err)
	require.Contains(t, out, merchantExample)
	_, body, _ := strings.Cut(merchantExample, "<<'END'")
	file, err := readMerchant("-", strings.NewReader(strings.TrimSuffix(body, "END")))
	require.NoError(t, err)
	require.Len(t, file.seed("s").Channels, 1)
}

func TestAMerchantsFile(t *testing.T) {
	file, err := readMerchant("-", strings.NewReader(tea))
	require.NoError(t, err)
	data := file.seed("whsec_x")
	require.Empty(t, data.Keys, "the merchant keeps those that he has")
	require.JSONEq(t, deskOfTea, string(data.Accounts[0].Settings))
	require.EqualValues(t, 60, data.Accounts[0].FeeBasisPoints)
	require.Equal(t, []string{"mobile"}, data.Channels[0].Surfaces)
	require.EqualValues(t, 5, data.Channels[0].Max.Minor)
	for _, bad := range []string{
		`{`, `{"unknown":1}`, strings.Replace(tea, `"test"`, `"nonsense"`, 1), strings.Replace(tea, "1800", "5", 1),
		strings.Replace(tea, `"key_id":"k",`, "", 1), strings.Replace(tea, "mockpay", "nopay", 1),
		strings.Replace(strings.Replace(tea, "mockpay", "wechatpay", 1), deskOfTea, `{"api_v3_key":"short"}`, 1),
		strings.Replace(tea, `"wap"`, `"wapp"`, 1), strings.Replace(tea, "mobile", "mobil", 1),
		strings.Replace(tea, ":60,", ":-1,", 1), strings.Replace(tea, ":60,", ":10001,", 1),
		strings.Replace(tea, `"account":"acc_tea"`, `"account":"acc_coffee"`, 1),
		strings.Replace(tea, `"acc_tea","provider":"mockpay","product"`, `"acc_tea","provider":"x","product"`, 1),
	} {
		_, err := readMerchant("-", strings.NewReader(bad))
		require.Error(t, err, bad)
	}
}

func TestAMerchantsAddressesLeadOutside(t *testing.T) {
	var usage usageError
	for _, file := range []merchantFile{
		{Webhook: "https://169.254.169.254/"}, {Hook: "http://shop.example.com/"},
	} {
		require.ErrorAs(t, file.leadsOutside(house.Config{Mode: "production"}), &usage)
		require.NoError(t, file.leadsOutside(house.Config{Mode: "dev"}))
	}
}
