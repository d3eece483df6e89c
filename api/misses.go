package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const (
	// missesPerMinute bounds how often one address may name links that do not exist.
	missesPerMinute = 20

	// missesOfAllPerMinute bounds guesses from any number of addresses. With a million
	// codes open, so many find one in nine months.
	missesOfAllPerMinute = 2000

	missesOfAll = "misses of all"
)

// linkByToken finds a link by the secret in its address. Unknown and malformed
// ones take the same way: one look-up, one answer, one miss.
func (s *Server) linkByToken(c echo.Context) (store.Link, error) {
	ctx := c.Request().Context()
	link, err := s.Store.InviteByHash(ctx, s.Links.Hash(c.Param("token")))
	if models.CodeOf(err) == models.NotFound {
		return link, s.miss(ctx)
	}
	return link, err
}

// linkByCode finds a link by the short code that a person types. It is short
// enough to be worth guessing, so whoever missed too often is not even told of a
// hit, and neither is anybody while the whole world guesses: links work on.
func (s *Server) linkByCode(c echo.Context) (store.Link, error) {
	ctx := c.Request().Context()
	for bucket, limit := range missLimits(ctx) {
		until, spent, err := s.Store.Spent(ctx, bucket, limit)
		if err != nil {
			return store.Link{}, err
		}
		if spent {
			return store.Link{}, tooOften(until)
		}
	}
	invite, err := s.Store.ShareCode(ctx, s.Links.CodeHash(c.Param("code")))
	if models.CodeOf(err) == models.NotFound {
		return s.linkByHandoff(c)
	}
	if err != nil {
		return store.Link{}, err
	}
	return s.Store.Link(ctx, invite, "")
}

// miss counts a guess and answers it. An address that has had its share no longer
// counts among all: nobody spends the world's share alone.
func (s *Server) miss(ctx context.Context) error {
	if err := s.within(ctx, missesOf(ctx), missesPerMinute, time.Minute); err != nil {
		return err
	}
	if err := s.within(ctx, missesOfAll, missesOfAllPerMinute, time.Minute); err != nil {
		s.Log.WarnContext(ctx, "links are being guessed from many addresses")
		return err
	}
	return models.Refuse(models.NotFound, "unknown_link", "We know nothing of that link.")
}

func missLimits(ctx context.Context) map[string]int {
	return map[string]int{missesOf(ctx): missesPerMinute, missesOfAll: missesOfAllPerMinute}
}

func missesOf(ctx context.Context) string { return "misses:" + address(ctx) }
