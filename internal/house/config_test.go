package house_test

import (
	"bytes"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const canary = "canary"

// settings is a production house's environment, changed by pairs of name and value.
func settings(changes ...string) map[string]string {
	environment := house.FreshKeys()
	maps.Copy(environment, map[string]string{
		"FRIENDPAY_PUBLIC_URL": "https://pay.example", "DATABASE_URL": "postgres://" + canary + "@db/friendpay",
		"FRIENDPAY_SMS_URL": "https://sms.example", "FRIENDPAY_SMS_KEY": canary,
	})
	for i := 0; i < len(changes); i += 2 {
		environment[changes[i]] = changes[i+1]
	}
	return environment
}

func TestFreshKeysMakeAHouse(t *testing.T) {
	config, err := house.Read(settings())
	require.NoError(t, err)
	require.False(t, config.Dev(), "production unless somebody says otherwise")
	require.EqualValues(t, 1, config.Speed)
	require.False(t, config.PlainHistory)
	require.NotEqual(t, house.FreshKeys(), house.FreshKeys())
}

func TestWhatIsWrong(t *testing.T) {
	short := "c2hvcnQ="
	for name, values := range map[string][]string{
		"FRIENDPAY_MODE":          {"prod"},
		"FRIENDPAY_LISTEN":        {"8080", "localhost", "127.0.0.1:http:80", ":99999", "127.0.0.1:"},
		"FRIENDPAY_WORKER_LISTEN": {"8081", "localhost", ":99999"},
		"FRIENDPAY_SMS_KEY":       {""},
		"FRIENDPAY_SPEED":         {"0", "-1", "fast", "60"},
		"FRIENDPAY_GUARD":         {"1h", "-1h", "long"},
		"FRIENDPAY_PLAIN_HISTORY": {"true"},
		"FRIENDPAY_PUBLIC_URL": {
			"", "http://pay.example", "pay.example", "https://", "https://pay.example/", "https://x.example?a=b",
		},
		"FRIENDPAY_SMS_URL":                   {"", "http://sms.example"},
		"DATABASE_URL":                        {""},
		"FRIENDPAY_DATABASE_CONNS":            {"0", "many"},
		"FRIENDPAY_VAULT_INDEX_KEY":           {"", canary, short},
		"FRIENDPAY_VAULT_KEYS":                {"", canary, "v1:" + short, "v1:" + canary},
		"FRIENDPAY_LINK_KEYS":                 {"", canary, short},
		"FRIENDPAY_BUYER_KEYS":                {"", canary, "b1:" + short, ":" + canary},
		"FRIENDPAY_PAYER_KEYS":                {"", canary, "p1:" + short},
		"FRIENDPAY_STAFF_KEYS":                {"", canary, "s1:" + short},
		"FRIENDPAY_TRUSTED_PROXIES":           {"10.0.0.1", "everybody"},
		"FRIENDPAY_WEBHOOK_NETWORKS":          {"10.0.0.1", "everybody"},
		"FRIENDPAY_PROVIDER_CALLS_PER_SECOND": {"-1", "some"},
		"FRIENDPAY_SECOND_PERSON_FEN":         {"-1", "much"},
		"FRIENDPAY_LOG_LEVEL":                 {"loud"},
		"FRIENDPAY_QUIET_HOURS":               {"none", "22:00", "22-8", "25:00-08:00", "08:00-08:00", "night"},
		"FRIENDPAY_SMS_TEMPLATES":             {"thanks", "thanks/zh-CN", "other/zh-CN=id", "thanks/fr=id"},
		"FRIENDPAY_WECHAT_TEMPLATES": {
			"thanks=id", "thanks/en=id:price=a", "thanks/en=id:amount", "reminder_half/en=id",
		},
	} {
		for _, value := range values {
			_, err := house.Read(settings(name, value))
			require.Error(t, err, "%s=%q", name, value)
			require.Contains(t, err.Error(), name, "%s=%q", name, value)
			require.Equal(t, 1, strings.Count(err.Error(), "\n")+1, "one mistake, said once: %s", err)
			require.NotRegexp(t, `strconv|parse error|invalid syntax|time: `, err.Error(), "no raw words of a parser")
			require.NotContains(t, err.Error(), canary, "what is wrong may still be a secret")
		}
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	_, err := house.Read(map[string]string{"FRIENDPAY_SPEED": "60", "FRIENDPAY_GUARD": "5s"})
	for _, wrong := range []string{
		"FRIENDPAY_SPEED is for dev only", "FRIENDPAY_GUARD is for dev only",
		"FRIENDPAY_PUBLIC_URL", "DATABASE_URL", "FRIENDPAY_SMS_URL",
		"FRIENDPAY_VAULT_INDEX_KEY", "FRIENDPAY_VAULT_KEYS", "FRIENDPAY_LINK_KEYS",
		"FRIENDPAY_BUYER_KEYS", "FRIENDPAY_PAYER_KEYS", "FRIENDPAY_STAFF_KEYS",
	} {
		require.ErrorContains(t, err, wrong)
	}
	again := func() string { _, err := house.Read(nil); return err.Error() }
	require.Equal(t, again(), again(), "and in the same order")
}

func TestInDevTimeMayFly(t *testing.T) {
	config, err := house.Read(settings("FRIENDPAY_MODE", "dev", "FRIENDPAY_SPEED", "60",
		"FRIENDPAY_GUARD", "5s", "FRIENDPAY_PLAIN_HISTORY", "true",
		"FRIENDPAY_PUBLIC_URL", "http://127.0.0.1:8080", "FRIENDPAY_SMS_URL", ""))
	require.NoError(t, err)
	require.True(t, config.Dev())
}

func TestNoSecretIsPrinted(t *testing.T) {
	environment := settings()
	for name, value := range house.FreshKeys() {
		environment[name] = value
	}
	config, err := house.Read(environment)
	require.NoError(t, err)
	var out bytes.Buffer
	config.Print(&out)
	require.NotContains(t, out.String(), canary)
	for name := range house.FreshKeys() {
		_, key, ok := strings.Cut(environment[name], ":")
		if !ok {
			key = environment[name]
		}
		require.NotContains(t, out.String(), key, name)
		require.Regexp(t, name+` +\(set\)`, out.String())
	}
	require.Contains(t, out.String(), "https://pay.example")
}

// Whatever is called a key, a token or a database's address is one of the secrets, and
// each setting says what it is for.
func TestEachSettingIsMarkedAndExplained(t *testing.T) {
	var out bytes.Buffer
	house.Config{}.Print(&out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	kind := reflect.TypeFor[house.Config]()
	require.Len(t, lines, kind.NumField())
	for i := range kind.NumField() {
		name := kind.Field(i).Tag.Get("env")
		secret := strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN") ||
			strings.Contains(name, "SECRET") || name == "DATABASE_URL"
		require.Equal(t, secret, kind.Field(i).Tag.Get("secret") == "true", name)
		require.Greater(t, len(strings.Fields(lines[i])), 3, "%s: no help", name)
	}
}

func TestWhatPeopleCanBeWrittenIsCounted(t *testing.T) {
	config, err := house.Read(settings("FRIENDPAY_SMS_TEMPLATES", "thanks/en=Sms1",
		"FRIENDPAY_WECHAT_TEMPLATES", "thanks/zh-CN=Tpl1:amount=amount3,wx1/thanks/zh-CN=Tpl2:amount=amount1"))
	require.NoError(t, err)
	said, err := config.Messages()
	require.NoError(t, err)
	const want = "of 8 kinds; in zh-CN 8 as texts, 1 as WeChat templates" +
		"; in en 1 as texts, 0 as WeChat templates"
	require.Equal(t, want, said)
}
