package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// maxThanks is how many characters an asker has to thank with.
const maxThanks = 60

type thanksIn struct {
	RequestPath
	Body struct {
		Message string `json:"message" maxLength:"200" doc:"At most 60 characters, in one line."`
	}
}

type thanksOut struct {
	Status int
	Body   ThanksView
}

// ThanksView says that the friend has been thanked. The words are his.
type ThanksView struct {
	ThankedAt time.Time `json:"thanked_at"`
}

// thankPayer tells the friend who paid a few words of who asked him, once. The same words again are the same
// thanks. Refused with not_by_friend unless a friend's money paid the order, thanked_already, and bad_thanks.
func (s *Server) thankPayer(ctx context.Context, in *thanksIn) (*thanksOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	attempt, paid := paidByFriend(request)
	if !paid {
		return nil, &models.Error{
			Code: models.Conflict, Reason: "not_by_friend", Message: "No friend has paid this.",
			Fix: "Thank him when the request is settled.",
		}
	}
	message, err := thanksWords(in.Body.Message)
	if err != nil {
		return nil, err
	}
	kept, err := s.rows(ctx).SayThanks(ctx, store.Thanks{
		Request: request.ID, Attempt: attempt.Number, Message: message,
	})
	if err != nil {
		return nil, err
	}
	return &thanksOut{Status: http.StatusCreated, Body: ThanksView{ThankedAt: kept.At.UTC()}}, nil
}

// thanksWords are the words as they are kept: one line, trimmed. Refused with bad_thanks.
func thanksWords(told string) (string, error) {
	words := strings.Join(strings.Fields(told), " ")
	if words == "" {
		return "", &models.Error{
			Code: models.Invalid, Reason: "bad_thanks", Field: "message", Message: "There is nothing to say.",
			Fix: "Write a few words.",
		}
	}
	return words, fitForStrangers("bad_thanks", "message", words, maxThanks)
}

// paidByFriend is the friend's payment that the order took, if it was a friend's.
func paidByFriend(r models.Request) (models.Attempt, bool) {
	winner, found := r.Attempt(r.Winner)
	return winner, found && !winner.ByBuyer && winner.Disposition == models.Applied
}

// untilThanked tells besides, once, that the payer has been thanked. The words are on his page.
func (s *Server) untilThanked(p Principal, read reader) reader {
	said := false
	return func(ctx context.Context, after int64) ([]told, error) {
		news, err := read(ctx, after)
		if err != nil || said {
			return news, err
		}
		kept, err := s.Store.Thanks(ctx, p.Request)
		if err != nil || kept.At.IsZero() {
			return news, err
		}
		r, err := s.Store.Request(ctx, p.Request)
		if a, _ := r.Attempt(kept.Attempt); err != nil || p.Payer == "" || a.Payer != p.Payer {
			return news, err
		}
		if len(news) > 0 {
			after = news[len(news)-1].id
		}
		said = true
		return append(news, told{id: after, kind: "thanks", data: map[string]any{"at": kept.At.UTC()}}), nil
	}
}
