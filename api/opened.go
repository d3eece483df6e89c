package api

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/store"
)

const (
	entriesPerMinute = 60             // of one address through one link
	openedOnce       = 24 * time.Hour // a visitor counts once in it
)

// mayEnter bounds what one address does to a link: each entry writes something.
func (s *Server) mayEnter(ctx context.Context, link store.Link) error {
	return s.within(ctx, "entered:"+link.Invite.ID+":"+address(ctx), entriesPerMinute, time.Minute)
}

// tellOpened counts the opening of a link by a person.
func (s *Server) tellOpened(ctx context.Context, _ *nothing) (*nothing, error) {
	link, err := s.ownLink(ctx)
	if err == nil {
		err = s.mayEnter(ctx, link)
	}
	if err != nil {
		return nil, err
	}
	return &nothing{}, s.opened(ctx, link)
}

// opened keeps what a person is told who looks at a link, and counts him once.
func (s *Server) opened(ctx context.Context, link store.Link) error {
	if _, err := s.toFriend(ctx, link); err != nil {
		return err
	}
	_, first, err := s.Store.Hit(ctx, "opened:"+link.Invite.ID+":"+address(ctx), 1, openedOnce)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	if !first {
		return nil
	}
	return s.Store.OpenInvite(ctx, link.Invite.ID)
}
