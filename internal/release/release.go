// Package release asks to whom features are released, through OpenFeature: the flags are
// ours unless another flag service is plugged in. It is asked when a request is made; the
// answer travels with the request and nobody asks again.
package release

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"

	"github.com/friendpay/friendpay/policy"
)

// The attributes of a question besides its targeting key, which is "app:buyer".
const (
	attributeApp   = "app"
	attributeBuyer = "buyer"
)

// Flags asks a flag service.
type Flags struct {
	api    *openfeature.EvaluationAPI
	client *openfeature.Client
	log    *slog.Logger
}

// Open asks the provider from now on, in an instance of OpenFeature of its own: another
// part of this process may use another.
func Open(ctx context.Context, provider openfeature.FeatureProvider, log *slog.Logger) (*Flags, error) {
	api := isolated.NewAPI()
	if err := api.SetProviderAndWait(ctx, provider); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the flag service: %w", err), api.Shutdown(ctx))
	}
	return &Flags{api: api, client: api.NewClient(), log: log}, nil
}

// Close gives the service back.
func (f *Flags) Close() error {
	if err := f.api.Shutdown(context.Background()); err != nil {
		return fmt.Errorf("leave the flag service: %w", err)
	}
	return nil
}

// Released lists what a request that a buyer makes now is made with and, marked, what
// without: friend pay itself, and each of the app's channels. What the service does not
// know of is for everybody; what it cannot answer is withheld, so that trouble with flags
// never releases anything.
func (f *Flags) Released(ctx context.Context, channels []policy.Channel, app, buyer string) []string {
	who := openfeature.NewEvaluationContext(app+":"+buyer, map[string]any{attributeApp: app,
		attributeBuyer: buyer})
	names := []string{f.released(ctx, policy.Release(policy.FriendPay, ""), who)}
	for _, c := range channels {
		names = append(names, f.released(ctx, policy.Release(policy.ChannelFeature, c.ID), who))
	}
	return names
}

func (f *Flags) released(ctx context.Context, flag string, who openfeature.EvaluationContext) string {
	answer, err := f.client.BooleanValueDetails(ctx, flag, false, who)
	switch {
	case answer.ErrorCode == openfeature.FlagNotFoundCode, err == nil && answer.Value:
		return flag
	case err != nil:
		f.log.ErrorContext(ctx, "a flag could not be asked for, and is off", "flag", flag, "error", err)
	}
	return policy.Withheld(flag)
}
