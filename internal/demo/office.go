package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
)

// office is a colleague who decides who may pay with what, through the API for staff.
type office struct {
	*story
	token string
	rows  []ruled // what he made, to be taken away again
}

// ruled is a row of the catalogue by its family and key.
type ruled struct{ family, key string }

// newOffice lets an operator begin his shift.
func (s *story) newOffice() (*office, error) {
	token, _, err := s.house.Parts.Config.StaffToken("demo", "operator")
	return &office{story: s, token: token}, err
}

func (o *office) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + o.token}, "Idempotency-Key": {mint.Number()}}
}

// line is a row as it was from a version on.
type line struct {
	Key     string          `json:"key"`
	Version int64           `json:"version"`
	Row     json.RawMessage `json:"row"`
	Author  string          `json:"author"`
	Reason  string          `json:"reason"`
}

// changed is what the office hears of a change.
type changed struct {
	Saved  bool   `json:"saved"`
	Rows   []line `json:"rows"`
	Effect struct {
		Requests int `json:"requests"`
		Changed  int `json:"changed"`
	} `json:"effect"`
}

// version is a row's version now; 0 where there is none.
func (o *office) version(ctx context.Context, family, key string) (int64, error) {
	history, err := o.history(ctx, family, key)
	if err != nil || len(history) == 0 || string(history[0].Row) == "null" {
		return 0, err
	}
	return history[0].Version, nil
}

// history is what a row has been, newest first.
func (o *office) history(ctx context.Context, family, key string) ([]line, error) {
	var list struct {
		Rows []line `json:"rows"`
	}
	address := o.house.APIURL + "/v1/staff/" + family + "/history?key=" + url.QueryEscape(key)
	err := call(ctx, http.DefaultClient, http.MethodGet, address, o.header(), nil, &list)
	return list.Rows, err
}

// rule makes a row, or changes it, and keeps it in mind.
func (o *office) rule(ctx context.Context, family, key string, row map[string]any) error {
	_, err := o.change(ctx, family, key, row, false)
	if err == nil {
		o.rows = append(o.rows, ruled{family, key})
	}
	return err
}

// change changes a row, or only shows what that would do.
func (o *office) change(
	ctx context.Context, family, key string, row map[string]any, dry bool,
) (done changed, err error) {
	version, err := o.version(ctx, family, key)
	if err != nil {
		return done, fmt.Errorf("read %s %s: %w", family, key, err)
	}
	body := map[string]any{
		"row": row, "reason": "the demo's tour", "expected_version": version, "dry_run": dry, "force": true,
	}
	err = post(ctx, http.DefaultClient, o.house.APIURL+"/v1/staff/"+family, o.header(), body, &done)
	if err != nil {
		return done, fmt.Errorf("change %s %s: %w", family, key, err)
	}
	return done, nil
}

// tidy takes away what the office made, the newest first, so that other stories find the
// catalogue as it was.
func (o *office) tidy(ctx context.Context) error {
	seen := map[ruled]bool{}
	for i := len(o.rows) - 1; i >= 0; i-- {
		if r := o.rows[i]; !seen[r] {
			seen[r] = true
			if err := o.takeAway(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *office) takeAway(ctx context.Context, r ruled) error {
	version, err := o.version(ctx, r.family, r.key)
	if err != nil || version == 0 {
		return err
	}
	body := map[string]any{
		"key": r.key, "reason": "the tour is over", "expected_version": version, "force": true,
	}
	address := o.house.APIURL + "/v1/staff/" + r.family + "/take-away"
	return post(ctx, http.DefaultClient, address, o.header(), body, nil)
}

// answer is what the rules say to somebody who asks.
type answer struct {
	State    string `json:"state"`
	Channels []struct {
		ID string `json:"id"`
	} `json:"channels"`
	LeftOut []why `json:"left_out"`
	Reasons []why `json:"reasons"`
}

// why is one rule's "no".
type why struct {
	Rule    string `json:"rule"`
	Channel string `json:"channel"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Fix     string `json:"fix_code"`
}

func (a answer) offers(channel string) bool {
	for _, c := range a.Channels {
		if c.ID == channel {
			return true
		}
	}
	return false
}

// leftOut is why a channel is not offered.
func (a answer) leftOut(channel string) why {
	for _, w := range a.LeftOut {
		if w.Channel == channel {
			return w
		}
	}
	return why{}
}

// eligible is the merchant's server asking about an order that it does not place.
func (s *story) eligible(ctx context.Context, surface string, changes map[string]any) (answer, error) {
	order := map[string]any{
		"app": local.DemoApp, "number": "D" + mint.Number()[:8], "title": "手冲咖啡壶套装", "kind": "physical",
		"payable": map[string]any{"minor": s.price, "currency": "CNY"}, "price_version": s.version,
		"buyer": map[string]string{"id": "b-1", "name": "王小明"},
	}
	maps.Copy(order, changes)
	var said answer
	body := map[string]any{"order": order, "surface": surface}
	err := post(ctx, http.DefaultClient, s.house.APIURL+"/v1/eligibility", s.merchant(), body, &said)
	if err != nil {
		return said, fmt.Errorf("ask whether it is eligible: %w", err)
	}
	return said, nil
}
