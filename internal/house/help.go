package house

// help says what each setting is for.
var help = map[string]string{
	"FRIENDPAY_MODE":                      "production, or dev: demo time and plain http allowed",
	"FRIENDPAY_LISTEN":                    "address of the API",
	"FRIENDPAY_PUBLIC_URL":                "https address that friends and providers reach the API at",
	"DATABASE_URL":                        "PostgreSQL 14 or newer",
	"FRIENDPAY_DATABASE_CONNS":            "size of the connection pool of one process",
	"FRIENDPAY_SPEED":                     "divides every window; dev only",
	"FRIENDPAY_GUARD":                     "how long to watch for late money; 0: 72h; dev only",
	"FRIENDPAY_SHOP":                      "serve the demo shop under /shop; dev only",
	"FRIENDPAY_BRIDGE_SCRIPT":             "stands for WeChat's bridge in browsers without one; dev only",
	"FRIENDPAY_VAULT_INDEX_KEY":           "32 bytes in base64; finds payers and links; never changes",
	"FRIENDPAY_VAULT_KEYS":                "id:base64 of 32 bytes, newest first, comma separated",
	"FRIENDPAY_LINK_KEYS":                 "base64 of 32 bytes, newest first, comma separated",
	"FRIENDPAY_BUYER_KEYS":                "id:base64 Ed25519 seeds, newest first",
	"FRIENDPAY_PAYER_KEYS":                "id:base64 Ed25519 seeds, newest first",
	"FRIENDPAY_STAFF_KEYS":                "id:base64 Ed25519 seeds, newest first",
	"FRIENDPAY_PLAIN_HISTORY":             "do not seal Temporal payloads; dev only",
	"FRIENDPAY_SMS_URL":                   "gateway for one-time codes and receipts",
	"FRIENDPAY_SMS_KEY":                   "the gateway's bearer key; only dev goes without",
	"FRIENDPAY_TRUSTED_PROXIES":           "CIDRs whose X-Forwarded-For is believed",
	"FRIENDPAY_WEBHOOK_NETWORKS":          "CIDRs of your own where merchants and providers may be reached",
	"FRIENDPAY_WORKER_BUILD":              "build id; pins running requests to it (Worker Versioning)",
	"FRIENDPAY_PROVIDER_CALLS_PER_SECOND": "limit per provider over all workers; 0: none",
	"FRIENDPAY_LOG_LEVEL":                 "debug, info, warn or error",
	"FRIENDPAY_METRICS_TOKEN":             "bearer token that /metrics wants; empty: open",
}
