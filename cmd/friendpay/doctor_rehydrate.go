package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/friendpay/friendpay/internal/house"
)

// rehydratePage is how many requests are read at a time.
const rehydratePage = 200

// revived is how many requests were started again, and how many ran all the while.
type revived struct {
	Restarted int `json:"restarted"`
	Running   int `json:"running"`
}

// rehydrate starts every unfinished request whose run is lost again from its row. It
// may be run at any time and as often as one likes: what runs is left alone.
func rehydrate(ctx context.Context, out io.Writer, h *house.House, asJSON bool) error {
	var done revived
	for after := ""; ; {
		requests, err := h.Store.Unfinished(ctx, after, rehydratePage)
		if err != nil {
			return err
		}
		if len(requests) == 0 {
			return tellRevived(out, done, asJSON)
		}
		for _, request := range requests {
			after = request.ID
			if request.Final() {
				continue // its row says more than its columns: nothing is left to wait for
			}
			started, err := h.Door.Resume(ctx, request)
			if err != nil {
				return fmt.Errorf("restart %s, after %d others: %w", request.ID, done.Restarted, err)
			}
			if started {
				done.Restarted++
			} else {
				done.Running++
			}
		}
	}
}

func tellRevived(out io.Writer, done revived, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(done)
	}
	_, err := fmt.Fprintf(out, "%d requests started again, %d were running\n", done.Restarted, done.Running)
	return err
}
