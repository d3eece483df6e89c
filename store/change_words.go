package store

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/friendpay/friendpay/policy"
)

// maxName is how many characters a name that payers read may have.
const maxName = 64

// word is what a text of a family's rows, or each of a list of texts, has to be.
type word struct {
	field, fix string
	good       func(text string) bool
}

var (
	plainID  = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
)

// words are those that a slip of the pen would make mean something else, or nothing at all:
// a row about the surface "wechta" would be kept, and nobody be there.
var words = map[string][]word{
	policy.Channels: {
		{"id", "1 to 64 of 0-9, A-Z, a-z, _ and -.", plainID.MatchString},
		listed("kind", policy.ChannelKinds()),
		listed("surfaces", policy.Places()),
		named("name_zh"), named("name_en"), {"brand", "64 characters at most.", short},
		inCapitals("min_currency"), inCapitals("max_currency"),
	},
	policy.Onboarding: {listed("surface", append(policy.Places(), ""))},
	policy.Rollouts:   {listed("feature", []string{policy.FriendPay, policy.ChannelFeature}), named("owner")},
	policy.Surfaces: {
		listed("surface", policy.Places()),
		{"min_version", `Digits and dots, like 8.0.49; "" for any.`, func(text string) bool {
			return text == "" || policy.IsVersion(text)
		}},
	},
	policy.Limits: {inCapitals("currency")},
	policy.Promotions: {
		named("name_zh"), named("name_en"), named("stack_group"), inCapitals("currency"),
	},
	policy.Kinds: {inCapitals("currency")},
}

func listed(field string, known []string) word {
	quoted := make([]string, len(known))
	for i, one := range known {
		if quoted[i] = one; one == "" {
			quoted[i] = `""`
		}
	}
	return word{field, "One of " + strings.Join(quoted, ", ") + ".", func(text string) bool {
		return slices.Contains(known, text)
	}}
}

func named(field string) word {
	return word{field, "1 to 64 characters.", func(text string) bool {
		return strings.TrimSpace(text) != "" && short(text)
	}}
}

func inCapitals(field string) word {
	return word{field, "Three capital letters, like CNY.", currency.MatchString}
}

func short(text string) bool { return utf8.RuneCountInString(text) <= maxName }

// wellWorded refuses the first word that nobody knows, in a field that was turned.
func wellWorded(family string, row map[string]json.RawMessage, turned func(fields ...string) bool) error {
	for _, word := range words[family] {
		if !turned(word.field) {
			continue
		}
		texts, err := textsOf(row[word.field])
		if err != nil {
			return fmt.Errorf("read %s: %w", word.field, err)
		}
		for _, text := range texts {
			if !word.good(text) {
				return wrongField(word.field, "bad_field", "Nobody knows this word here, or it is too long.", word.fix)
			}
		}
	}
	if family != policy.Rollouts {
		return nil
	}
	channel, feature := string(row["channel"]), string(row["feature"])
	if (feature == `"`+policy.ChannelFeature+`"`) == (channel == `""`) {
		return wrongField("channel", "bad_field", "The feature channel is about one, and no other feature is.",
			`Name a channel with the feature channel; "" with every other.`)
	}
	return nil
}

// textsOf are the texts of a field that holds one or a list of them.
func textsOf(field json.RawMessage) (texts []string, err error) {
	if strings.HasPrefix(string(field), "[") {
		return texts, json.Unmarshal(field, &texts)
	}
	var text string
	err = json.Unmarshal(field, &text)
	return []string{text}, err
}
