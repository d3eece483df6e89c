package console

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/friendpay/friendpay/web/console"
)

// factsOf are the details of a line that say anything, by name.
func factsOf(known map[string]json.RawMessage) (facts []console.Pair) {
	for _, name := range slices.Sorted(maps.Keys(known)) {
		switch value := string(known[name]); value {
		case "null", `""`, "[]", "{}":
		default:
			facts = append(facts, console.Pair{Name: name, Value: plain(known[name])})
		}
	}
	return facts
}
