package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// compared is what the comparisons of all rails said together.
type compared struct {
	Cases                                          []string // ids, of the findings
	Findings                                       []wish
	Flowed                                         int64 // fen that came to WeChat Pay's account
	Lines, Captures, Refunds, Fees, Opened, Healed int64
}

// since is what came to it after another comparison.
func (c compared) since(before compared) compared {
	c.Captures, c.Refunds, c.Fees = c.Captures-before.Captures, c.Refunds-before.Refunds, c.Fees-before.Fees
	c.Flowed -= before.Flowed
	return c
}

// fits holds what was reported against what had to be, and nothing else.
func (c compared) fits(wanted []wish) error {
	slices.SortFunc(wanted, byNumber)
	if !slices.Equal(c.Findings, wanted) || c.Opened != int64(len(wanted)) {
		return fmt.Errorf("found %v, not %v", c.Findings, wanted)
	}
	// The lost line is not there, the phantom's is in its place; one payment went back, and
	// a third of the phantom, whose fee of 0.6 percent the provider gives back. What one
	// provider kept too much is summed as it was kept.
	const part = 26
	fees := -rails[0].fee - part + overcharged
	for i := range paidFor {
		fees += rails[i%len(rails)].fee
	}
	if c.Captures != paidFor || c.Refunds != 2 || c.Fees != fees {
		return fmt.Errorf("%d captures, %d refunds, fees of %d", c.Captures, c.Refunds, c.Fees)
	}
	if want := int64(price * paidFor / len(rails)); c.Flowed != want {
		return fmt.Errorf("%d fen came to WeChat Pay's account, not %d", c.Flowed, want)
	}
	return nil
}

func byNumber(a, b wish) int { return cmp.Compare(a.Number, b.Number) }

// compareAll runs friendpay reconcile for each rail, as a person would.
func (s *story) compareAll(ctx context.Context, from, to time.Time) (all compared, err error) {
	for _, r := range rails {
		for _, day := range r.days(from, to) {
			cmd := s.command(ctx, s.options.Binary, nil, "reconcile", "--json", "--final",
				"--provider", r.provider, "--account", r.account, "--date", day,
				fmt.Sprintf("--flow=%t", r.provider == "wechatpay"))
			var said bytes.Buffer
			cmd.Stdout = &said
			if err := cmd.Run(); err != nil && !agreed(err) {
				_, _ = os.Stderr.Write(said.Bytes())
				return all, fmt.Errorf("friendpay reconcile of %s: %w", r.provider, err)
			}
			if err := all.read(&said); err != nil {
				return all, fmt.Errorf("read what it said of %s: %w", r.provider, err)
			}
		}
	}
	slices.SortFunc(all.Findings, byNumber)
	return all, nil
}

// agreed says that the comparison itself worked: 3 is that something was found, 4 that
// the provider has no file, since nothing moved.
func agreed(err error) bool {
	var ended *exec.ExitError
	return errors.As(err, &ended) && (ended.ExitCode() == 3 || ended.ExitCode() == 4)
}

func (c *compared) read(said *bytes.Buffer) error {
	for lines := json.NewDecoder(said); lines.More(); {
		var line struct {
			Type, Case string
			Came       int64 `json:"capture_fen"`
			wish
			compared
		}
		if err := lines.Decode(&line); err != nil {
			return err
		}
		if line.Type == "finding" {
			c.Findings, c.Cases = append(c.Findings, line.wish), append(c.Cases, line.Case)
			continue
		}
		c.Flowed += line.Came
		c.Lines, c.Captures, c.Refunds = c.Lines+line.Lines, c.Captures+line.Captures, c.Refunds+line.Refunds
		c.Fees, c.Opened, c.Healed = c.Fees+line.Fees, c.Opened+line.Opened, c.Healed+line.Healed
	}
	return nil
}
