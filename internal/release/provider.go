package release

import (
	"context"
	"strings"

	"github.com/open-feature/go-sdk/openfeature"

	"github.com/friendpay/friendpay/policy"
)

// Provider answers OpenFeature from the rollouts that operators keep in the catalogue.
// Flags are called "friend_pay" and "channel/<id>"; all are yes or no.
type Provider struct{ current func() *policy.Catalogue }

// NewProvider answers by the catalogue that current gives, without any look elsewhere.
func NewProvider(current func() *policy.Catalogue) *Provider { return &Provider{current: current} }

// Metadata names the provider.
func (p *Provider) Metadata() openfeature.Metadata { return openfeature.Metadata{Name: "friendpay"} }

// Hooks are none.
func (p *Provider) Hooks() []openfeature.Hook { return nil }

// BooleanEvaluation says whether a buyer is in, and by what.
func (p *Provider) BooleanEvaluation(
	_ context.Context, flag string, fallback bool, who openfeature.FlattenedContext,
) openfeature.BoolResolutionDetail {
	feature, channel, _ := strings.Cut(flag, "/")
	if flag != policy.FriendPay && (feature != policy.ChannelFeature || channel == "") {
		return unresolved(fallback, openfeature.NewFlagNotFoundResolutionError("no feature is called so"))
	}
	app, told := who[attributeApp].(string)
	buyer, named := who[attributeBuyer].(string)
	if !told || !named {
		return unresolved(fallback, openfeature.NewInvalidContextResolutionError("app and buyer are missing"))
	}
	known := p.current()
	row, ruled := known.RolloutOf(feature, channel, app)
	detail := openfeature.BoolResolutionDetail{Value: known.Includes(feature, channel, app, buyer)}
	detail.Reason = why(row, ruled, known.Killed(feature, channel, app))
	detail.FlagMetadata = openfeature.FlagMetadata{"catalogue": known.Version, "owner": row.Owner}
	detail.Variant = row.State
	return detail
}

// why says in OpenFeature's words what decided.
func why(row policy.Rollout, ruled, killed bool) openfeature.Reason {
	switch {
	case killed || ruled && (row.State == policy.RolloutOff || row.State == policy.RolloutDraining):
		return openfeature.DisabledReason
	case !ruled:
		return openfeature.DefaultReason
	case row.State == policy.RolloutGrey:
		return openfeature.SplitReason
	case row.State == policy.RolloutInternal:
		return openfeature.TargetingMatchReason
	default:
		return openfeature.StaticReason
	}
}

func unresolved(fallback bool, err openfeature.ResolutionError) openfeature.BoolResolutionDetail {
	return openfeature.BoolResolutionDetail{Value: fallback, ProviderResolutionDetail: failed(err)}
}

func failed(err openfeature.ResolutionError) openfeature.ProviderResolutionDetail {
	return openfeature.ProviderResolutionDetail{ResolutionError: err, Reason: openfeature.ErrorReason}
}

// notBoolean answers who asks for more than yes or no.
func notBoolean() openfeature.ProviderResolutionDetail {
	return failed(openfeature.NewTypeMismatchResolutionError("a release is yes or no"))
}

// StringEvaluation has no answer.
func (p *Provider) StringEvaluation(
	_ context.Context, _ string, fallback string, _ openfeature.FlattenedContext,
) openfeature.StringResolutionDetail {
	return openfeature.StringResolutionDetail{Value: fallback, ProviderResolutionDetail: notBoolean()}
}

// FloatEvaluation has no answer.
func (p *Provider) FloatEvaluation(
	_ context.Context, _ string, fallback float64, _ openfeature.FlattenedContext,
) openfeature.FloatResolutionDetail {
	return openfeature.FloatResolutionDetail{Value: fallback, ProviderResolutionDetail: notBoolean()}
}

// IntEvaluation has no answer.
func (p *Provider) IntEvaluation(
	_ context.Context, _ string, fallback int64, _ openfeature.FlattenedContext,
) openfeature.IntResolutionDetail {
	return openfeature.IntResolutionDetail{Value: fallback, ProviderResolutionDetail: notBoolean()}
}

// ObjectEvaluation has no answer.
func (p *Provider) ObjectEvaluation(
	_ context.Context, _ string, fallback any, _ openfeature.FlattenedContext,
) openfeature.InterfaceResolutionDetail {
	return openfeature.InterfaceResolutionDetail{Value: fallback, ProviderResolutionDetail: notBoolean()}
}
