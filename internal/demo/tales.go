package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// cast is every request of a scenario.
type cast struct {
	mu      sync.Mutex
	stories []*story
}

func (c *cast) join(s *story) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stories = append(c.stories, s)
}

func (c *cast) requests() []*story {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.stories)
}

// tale is one of several requests of a scenario, with an end of its own.
type tale struct {
	name string
	play func(context.Context, *story) error
	want expected
}

// newStory begins a scenario.
func (s *stage) newStory(scenario string) *story {
	return &story{stage: s, scenario: scenario, cast: new(cast), price: price, version: 1}
}

// sibling is another request of the same scenario.
func (s *story) sibling(name string, want expected) *story {
	other := s.newStory(s.scenario)
	other.cast, other.name, other.want = s.cast, name, want
	return other
}

// together plays tales at the same time: what one of them waits for, all wait for.
func (s *story) together(ctx context.Context, tales ...tale) error {
	failed := make([]error, len(tales))
	var group sync.WaitGroup
	for i, t := range tales {
		group.Go(func() {
			if err := t.play(ctx, s.sibling(t.name, t.want)); err != nil {
				failed[i] = fmt.Errorf("%s: %w", t.name, err)
			}
		})
	}
	group.Wait()
	return errors.Join(failed...)
}
