package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/store"
)

// searchIn comes in a body: an address is written into logs, and the words may be a phone or a link.
type searchIn struct {
	Body struct {
		Words string `json:"q" minLength:"1" maxLength:"300" doc:"A number, an id, a link, a fingerprint, a phone."`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20"`
	}
}

type searchOut struct {
	Body struct {
		Hits []HitView `json:"hits" nullable:"false" doc:"Newest first."`
	}
}

// HitView is one thing that was found. People's data is masked.
type HitView struct {
	Kind    string    `json:"kind" doc:"request, order, attempt, refund, invite, payer, callback …"`
	ID      string    `json:"id"`
	Request string    `json:"request_id,omitempty"`
	Label   string    `json:"label"`
	At      time.Time `json:"at"`
}

// search hashes a link or a code before anything else sees it.
func (s *Server) search(ctx context.Context, in *searchIn) (*searchOut, error) {
	hits, err := s.Find(ctx, in.Body.Words, in.Body.Limit)
	out := &searchOut{}
	out.Body.Hits = []HitView{}
	for _, hit := range hits {
		out.Body.Hits = append(out.Body.Hits, HitView{hit.Kind, hit.ID, hit.Request, hit.Label, hit.At.UTC()})
	}
	return out, err
}

// Find looks for what somebody means by a few words, for the search box.
func (s *Server) Find(ctx context.Context, words string, limit int) ([]store.Hit, error) {
	return s.Store.Find(ctx, words, limit, s.Links.Fingerprint)
}

type filtersOut struct {
	Body struct {
		Filters []FilterView `json:"filters" nullable:"false"`
	}
}

// FilterView is a filter that a colleague saved.
type FilterView struct {
	Name   string            `json:"name" minLength:"1" maxLength:"60"`
	Filter map[string]string `json:"filter" doc:"As the queue's query names things: reason, app, severity, age."`
}

type filterIn struct{ Body FilterView }

type filterNameIn struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"60"`
	}
}

func (s *Server) listFilters(ctx context.Context, _ *struct{}) (*filtersOut, error) {
	saved, err := s.Store.SavedFilters(ctx, caller(ctx).id())
	out := &filtersOut{}
	out.Body.Filters = []FilterView{}
	for _, f := range saved {
		out.Body.Filters = append(out.Body.Filters, FilterView{f.Name, f.Filter})
	}
	return out, err
}

func (s *Server) saveFilter(ctx context.Context, in *filterIn) (*filtersOut, error) {
	owner := caller(ctx).id()
	err := s.Store.SaveFilter(ctx, store.SavedFilter{Owner: owner, Name: in.Body.Name, Filter: in.Body.Filter})
	if err != nil {
		return nil, err
	}
	return s.listFilters(ctx, nil)
}

func (s *Server) takeFilter(ctx context.Context, in *filterNameIn) (*filtersOut, error) {
	if err := s.Store.DeleteFilter(ctx, caller(ctx).id(), in.Body.Name); err != nil {
		return nil, err
	}
	return s.listFilters(ctx, nil)
}
