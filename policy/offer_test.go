package policy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

type list = []policy.Promotion

// offer is one for everybody, in a group of its own, with plenty of budget.
func offer(id string, change func(*policy.Promotion)) policy.Promotion {
	p := policy.Promotion{
		ID: id, Sponsor: "merchant", FixedMinor: 500, BudgetMinor: 1_000_000, Currency: "CNY", StackGroup: id,
		Since: now.Add(-time.Hour), Until: now.Add(time.Hour), Enabled: true,
	}
	if change != nil {
		change(&p)
	}
	return p
}

func fixed(fen int64) func(*policy.Promotion) {
	return func(p *policy.Promotion) { p.FixedMinor = fen }
}

func percent(points, capped int64) func(*policy.Promotion) {
	return func(p *policy.Promotion) { p.FixedMinor, p.BasisPoints, p.CapMinor = 0, points, capped }
}

func having(changes ...func(*policy.Promotion)) func(*policy.Promotion) {
	return func(p *policy.Promotion) {
		for _, change := range changes {
			change(p)
		}
	}
}

func group(name string) func(*policy.Promotion) {
	return func(p *policy.Promotion) { p.StackGroup = name }
}

func place(n int) func(*policy.Promotion) { return func(p *policy.Promotion) { p.Position = n } }
func alone(p *policy.Promotion)           { p.Exclusive = true }
func ended(p *policy.Promotion)           { p.Enabled = false }
func beginsNow(p *policy.Promotion)       { p.Since = now }
func endsNow(p *policy.Promotion)         { p.Until = now }
func inDollars(p *policy.Promotion)       { p.Currency = "USD" }
func onlyHuabei(p *policy.Promotion)      { p.Channel = "huabei" }
func least(fen int64) func(*policy.Promotion) {
	return func(p *policy.Promotion) { p.LeastMinor = fen }
}

func budget(fen int64) func(*policy.Promotion) {
	return func(p *policy.Promotion) { p.BudgetMinor = fen }
}

// Of an order of 129.00 through Alipay, at now, with 1000 of budget "b" spent.
var quotes = map[string]struct {
	offers []policy.Promotion
	want   string // what comes off, in its order, and what is paid
}{
	"none": {nil, "12900"},
	"one":  {list{offer("a", nil)}, "a-500 12400"},
	"a stack": {
		list{offer("b", place(2)), offer("a", place(3)), offer("c", nil)},
		"c-500 b-500 a-500 11400",
	},
	"equal positions": {list{offer("b", nil), offer("a", nil)}, "a-500 b-500 11900"},
	"of the order": {
		list{offer("a", fixed(2900)), offer("z", percent(1000, 0))},
		"a-2900 z-1290 8710",
	},
	"rounded down": {list{offer("a", percent(333, 0))}, "a-429 12471"},
	"capped":       {list{offer("a", percent(1000, 888))}, "a-888 12012"},
	"best of a group": {
		list{offer("a", group("g")), offer("z", having(group("g"), fixed(501)))},
		"z-501 12399",
	},
	"tie in a group": {
		list{offer("z", having(group("g"), place(1))), offer("a", having(group("g"), place(2)))},
		"z-500 12400",
	},
	"alone is better":  {list{offer("a", nil), offer("z", having(alone, fixed(501)))}, "z-501 12399"},
	"alone is no less": {list{offer("a", nil), offer("z", alone)}, "a-500 12400"},
	"stack is better": {
		list{offer("a", nil), offer("b", nil), offer("z", having(alone, fixed(999)))},
		"a-500 b-500 11900",
	},
	"one fen stays": {
		list{offer("a", fixed(12_000)), offer("b", fixed(12_000))},
		"a-12000 b-899 1",
	},
	"all but one fen":  {list{offer("a", percent(10_000, 0)), offer("b", nil)}, "a-12899 1"},
	"switched off":     {list{offer("a", ended)}, "12900"},
	"another channel":  {list{offer("a", onlyHuabei)}, "12900"},
	"just dear enough": {list{offer("a", least(12_900)), offer("c", least(12_901))}, "a-500 12400"},
	"begins now":       {list{offer("a", beginsNow)}, "a-500 12400"},
	"is over now":      {list{offer("a", endsNow)}, "12900"},
	"another currency": {list{offer("a", inDollars)}, "12900"},
	"last of a budget": {list{offer("b", budget(1500))}, "b-500 12400"},
	"used up":          {list{offer("b", budget(1499))}, "12900"},
}

func catalogueOf(offers []policy.Promotion) *policy.Catalogue {
	rows := policy.NewTables()
	for _, p := range offers {
		rows.Promotions["/"+p.ID] = p
	}
	return policy.NewCatalogue(1, rows)
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	for name, c := range quotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quote := policy.QuoteOf(policy.Facts{
				Order: order(), Now: now, Catalogue: catalogueOf(c.offers), Spent: map[string]int64{"b": 1000},
			}, "alipay")
			var words []string
			for _, part := range quote.Parts {
				words = append(words, fmt.Sprintf("%s-%d", part.Promotion.ID, part.Off.Minor))
			}
			require.Equal(t, c.want, strings.Join(append(words, fmt.Sprint(quote.PayerPays.Minor)), " "))
			require.Equal(t, models.CNY(12_900), quote.OrderAmount)
		})
	}
	require.Equal(t, models.CNY(12_900), policy.QuoteOf(policy.Facts{Order: order()}, "alipay").PayerPays)
}

func anyOffer(t *rapid.T, id string) policy.Promotion {
	p := offer(id, func(p *policy.Promotion) {
		p.StackGroup = rapid.SampledFrom([]string{"", "g", "h", id}).Draw(t, "group")
		p.Position = rapid.IntRange(0, 3).Draw(t, "position")
		p.Exclusive = rapid.Bool().Draw(t, "exclusive")
		p.Enabled = rapid.IntRange(0, 5).Draw(t, "off") > 0
		p.CapMinor = rapid.Int64Range(0, 2000).Draw(t, "cap")
		p.LeastMinor = rapid.Int64Range(0, 2000).Draw(t, "least")
		p.BudgetMinor = rapid.Int64Range(0, 4000).Draw(t, "budget")
		p.FixedMinor = rapid.Int64Range(1, 2000).Draw(t, "fixed")
	})
	if rapid.Bool().Draw(t, "a part") {
		p.FixedMinor, p.BasisPoints = 0, rapid.Int64Range(1, 10_000).Draw(t, "points")
	}
	return p
}

func TestNoOfferMakesItDearer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := policy.Facts{Now: now, Spent: map[string]int64{}}
		f.Order.Payable = models.CNY(rapid.Int64Range(1, 3000).Draw(t, "payable"))
		var offers []policy.Promotion
		before := f.Order.Payable.Minor
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			offers = append(offers, anyOffer(t, id))
			f.Spent[id] = rapid.Int64Range(0, 4000).Draw(t, "spent")
			f.Catalogue = catalogueOf(offers)
			quote := policy.QuoteOf(f, "alipay")
			sum := int64(0)
			for _, part := range quote.Parts {
				require.Positive(t, part.Off.Minor)
				require.LessOrEqual(t, f.Spent[part.Promotion.ID]+part.Off.Minor, part.Promotion.BudgetMinor)
				sum += part.Off.Minor
			}
			require.Equal(t, quote.Off().Minor, sum)
			require.GreaterOrEqual(t, quote.PayerPays.Minor, int64(1))
			require.LessOrEqual(t, quote.PayerPays.Minor, before, "offer %s made it dearer", id)
			before = quote.PayerPays.Minor
			checkStack(t, quote)
		}
	})
}

// checkStack: an exclusive offer is alone, no group has two, and each came off in its place.
func checkStack(t *rapid.T, quote policy.Quote) {
	groups := map[string]bool{}
	for _, part := range quote.Parts {
		if part.Promotion.Exclusive {
			require.Len(t, quote.Parts, 1)
		}
		groups[part.Promotion.StackGroup] = true
	}
	require.Len(t, slices.Collect(maps.Keys(groups)), len(quote.Parts))
	require.True(t, slices.IsSortedFunc(quote.Parts, func(a, b policy.QuotePart) int {
		return a.Promotion.Position - b.Promotion.Position
	}))
	require.Len(t, quote.Discounts(), len(quote.Parts))
}
