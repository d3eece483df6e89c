// Command webhook is a merchant's server in its smallest form: it verifies what friendpay tells it.
package main

import (
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/friendpay/friendpay/client"
)

func main() {
	hooks := client.Webhooks{Secrets: []string{os.Getenv("FRIENDPAY_WEBHOOK_SECRET")}}
	http.Handle("POST /webhooks", hooks.Handler(func(_ *http.Request, e client.Event) error {
		slog.Info("verified", "id", e.ID, "type", e.Type, "request", e.Data.Request, "state", e.Data.State)
		return nil
	}))
	server := &http.Server{Addr: "localhost:3000", ReadHeaderTimeout: 5 * time.Second}
	slog.Error("stopped", "error", server.ListenAndServe())
}
