package support

import (
	"context"
	"errors"
	"strconv"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// MostAtOnce is how many wishes may be given at once.
const MostAtOnce = 200

// BulkLine is what became of one of many wishes, or would.
type BulkLine struct {
	Wish    Wish
	Preview Preview       // of a trial
	Command store.Command // else
	Refused *models.Error // why this one is not done; the others are
}

// Bulk submits many wishes, each for itself, or tries them. It waits for none of them; one that
// is refused holds up no other. More than MostAtOnce are refused as a whole.
func (d *Desk) Bulk(ctx context.Context, wishes []Wish, dryRun bool) ([]BulkLine, error) {
	if len(wishes) == 0 || len(wishes) > MostAtOnce {
		return nil, wrong("too_many", "subjects", "At once there may be 1 to "+strconv.Itoa(MostAtOnce)+".",
			"Send them in parts.")
	}
	hurried := *d
	hurried.Wait = 0
	lines := make([]BulkLine, len(wishes))
	for i, w := range wishes {
		line := BulkLine{Wish: w}
		var err error
		if dryRun {
			line.Preview, err = d.Preview(ctx, w)
			line.Refused = line.Preview.Refused
		} else {
			line.Command, err = hurried.Submit(ctx, w)
		}
		var refused *models.Error
		switch {
		case errors.As(err, &refused):
			line.Refused = refused
		case err != nil:
			return nil, err
		}
		lines[i] = line
	}
	return lines, nil
}
