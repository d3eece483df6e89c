package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/effects"
)

// atOnce is how many lines of one list are told.
const atOnce = 10

// andMore says that a list goes on.
func andMore(out io.Writer, whole int) {
	if whole > atOnce {
		_, _ = fmt.Fprintf(out, "  … and %d more\n", whole-atOnce)
	}
}

// tellEffect says what a change does to the requests that are open.
func tellEffect(out io.Writer, e effects.Report) {
	_, _ = fmt.Fprintf(out, "of %d open requests %d are decided otherwise, %d left without any way to pay\n",
		e.Sampled, e.Changed, len(e.Stranded))
	for _, place := range e.Surfaces {
		_, _ = fmt.Fprintf(out, "  on %s:%s%s\n", place.Surface, counted("+", place.Gained),
			counted("-", place.Lost))
	}
	for _, x := range e.Examples[:min(len(e.Examples), atOnce)] {
		_, _ = fmt.Fprintf(out, "  %s  %s -> %s", x.Request, x.Before, x.After)
		for _, gained := range x.Gained {
			_, _ = fmt.Fprintf(out, "  +%s", gained)
		}
		for _, lost := range x.Lost {
			_, _ = fmt.Fprintf(out, "  -%s (%s@%d: %s)", lost.Channel, lost.Rule, lost.Version, lost.EN)
		}
		_, _ = fmt.Fprintf(out, "  on %s\n", strings.Join(x.Surfaces, ", "))
	}
	andMore(out, e.Changed)
	if e.Largest != nil {
		_, _ = fmt.Fprintf(out, "%d prices change; most of all %s through %s: %d fen instead of %d\n", e.Repriced,
			e.Largest.Request, e.Largest.Channel, e.Largest.After, e.Largest.Before)
	}
	if len(e.Deep) > 0 {
		_, _ = fmt.Fprintf(out, "%d requests become cheaper than half\n", len(e.Deep))
	}
}

// counted are channels with how many requests each is about.
func counted(sign string, by map[string]int) string {
	var said strings.Builder
	for _, channel := range slices.Sorted(maps.Keys(by)) {
		_, _ = fmt.Fprintf(&said, " %s%s (%d)", sign, channel, by[channel])
	}
	return said.String()
}
