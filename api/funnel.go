package api

import (
	"context"

	"github.com/friendpay/friendpay/store"
)

// Days names whole days in Shanghai.
type Days struct {
	Since string `query:"since" required:"true" format:"date" doc:"The first day, in Shanghai."`
	Until string `query:"until" format:"date" doc:"The last day; without it, the one of today."`
}

type funnelIn struct {
	Days
	App     string `query:"app" maxLength:"64" doc:"Its invites only."`
	Surface string `query:"surface" maxLength:"32" doc:"Only those shared on it, as told when they were made."`
	Channel string `query:"channel" maxLength:"64" doc:"Only those whose friend picked it."`
}

type funnelOut struct{ Body store.FunnelReport }

// showFunnel is for every role: it counts, and says nothing about anybody.
func (s *Server) showFunnel(ctx context.Context, in *funnelIn) (*funnelOut, error) {
	since, until, err := store.FunnelDays(in.Since, in.Until, s.Clock())
	if err != nil {
		return nil, err
	}
	f, err := s.Store.Funnel(ctx, store.FunnelFilter{
		App: in.App, Surface: in.Surface, Channel: in.Channel, Since: since, Until: until,
	})
	if err != nil {
		return nil, err
	}
	return &funnelOut{Body: f.Report()}, nil
}
