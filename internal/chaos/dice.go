package chaos

import (
	"math/rand/v2"
	"time"
)

// fault is one kind of accident. The deck holds each as often as it happens in a minute of storm, so that no
// run is spared any of them; the seed shuffles the deck and says when and whom.
type fault struct {
	name string
	each int // in a minute
	kill bool
	act  func(*storm) error
}

var faultKinds = []fault{
	{"kill worker", 2, true, killWorker},
	{"kill api", 2, true, killAPI},
	{"kill temporal", 1, true, killTemporal},
	{"kill postgres", 1, true, killPostgres},
	{"clock offset", 1, true, misdate},
	{"freeze", 2, false, freeze},
	{"latency", 3, false, latency},
	{"reset", 2, false, reset},
	{"black hole", 1, false, blackHole},
	{"provider", 6, false, spoilProvider},
	{"callback storm", 2, false, callbackStorm},
	{"forged batch", 2, false, forgedBatch},
	{"rolling restart", 1, false, rollWorkers},
}

// card is a fault with its moment, counted from the beginning of the storm.
type card struct {
	fault
	at time.Duration
}

// deal shuffles decks for a storm of that length. Rolling restarts come early in their minute: what they do
// has to be over in a storm of one.
func deal(dice *rand.Rand, length time.Duration) []card {
	var cards []card
	for start := time.Duration(0); start < length; start += time.Minute {
		span := min(time.Minute, length-start)
		var deck []fault
		for _, f := range faultKinds {
			for range max(1, int(float64(f.each)*span.Minutes()+0.5)) {
				deck = append(deck, f)
			}
		}
		dice.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		for i, f := range deck {
			if f.name == "rolling restart" {
				deck[i], deck[1] = deck[1], deck[i]
			}
		}
		step := span / time.Duration(len(deck))
		for i, f := range deck {
			cards = append(cards, card{f, start + time.Duration(i)*step})
		}
	}
	return cards
}

// between draws a duration.
func (s *storm) between(from, to time.Duration) time.Duration {
	return from + time.Duration(s.dice.Int64N(int64(to-from)))
}

// pick draws one of a list.
func pick[T any](dice *rand.Rand, list []T) T { return list[dice.IntN(len(list))] }
