package providertest

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// mutant is an adapter broken on purpose and the checks that must notice.
type mutant struct {
	name   string
	wrap   func(providers.Adapter) providers.Adapter
	caught []string
}

// RunBroken proves that the contract bites: each broken adapter must fail the
// checks that are there for it.
func RunBroken(t *testing.T, subject Subject) {
	t.Helper()
	checks := Checks(subject.Traits)
	for _, m := range mutants() {
		broken := subject
		broken.Adapter = m.wrap(subject.Adapter)
		for _, name := range m.caught {
			i := slices.IndexFunc(checks, func(c Check) bool { return c.Name == name })
			require.GreaterOrEqual(t, i, 0, "there is no check %s", name)
			t.Run(m.name+"/"+name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				err := Try(ctx, broken, checks[i])
				require.Error(t, err) // also where the subject's traits leave the check out
				t.Log(err)
			})
		}
	}
}

func mutants() []mutant {
	type adapter = providers.Adapter
	return []mutant{
		{"skips_verification", func(a adapter) adapter { return credulous{a} }, []string{
			"notice/every_changed_byte_is_refused", "notice/cut_short_is_refused",
			"notice/unsigned_is_refused", "notice/wrong_key_is_refused",
			"notice/truncated_on_the_way_is_refused", "notice/of_another_account_is_refused",
			"notice/stale_is_refused", "notice/errors_know_their_name",
		}},
		{"reads_the_time_from_the_callback", func(a adapter) adapter { return timeless{a} }, []string{
			"notice/times_are_compared",
		}},
		{"reads_no_coupon", func(a adapter) adapter { return couponless{a} }, []string{
			"refund/coupon_gets_its_share",
		}},
		{"mints_success", func(a adapter) adapter { return hopeful{a} }, []string{
			"query/unknown_word_is_unknown", "create/presents_an_unpaid_order",
			"query/unknown_is_not_created", "pay/expired_orders_take_no_money",
		}},
		{"drops_the_amount", func(a adapter) adapter { return amountless{a} }, []string{
			"pay/query_tells_the_exact_amount", "create/edge_amounts_pass",
		}},
		{"tells_the_asked_amount", func(a adapter) adapter { return &assuming{Adapter: a} }, []string{
			"pay/query_tells_what_was_really_captured",
		}},
		{"calls_every_failure_definite", func(a adapter) adapter { return certain{a} }, []string{
			"outage/create/drop_after", "outage/create/error_after", "outage/create/bad_signature",
			"outage/create/hold", "outage/create/rate_limited", "outage/a_caller_who_gave_up",
		}},
		{"retries_under_a_new_number", func(a adapter) adapter { return renaming{a} }, []string{
			"create/same_again_is_the_same_order", "outage/create/drop_after",
		}},
		{"hides_that_it_was_paid", func(a adapter) adapter { return closing{a} }, []string{
			"close/paid_is_told", "close/paid_in_the_last_moment_is_told", "close/unknown_is_told",
		}},
		{"refunds_under_a_new_number", func(a adapter) adapter { return generous{a} }, []string{
			"refund/same_number_is_the_same_refund", "outage/refund/drop_after",
		}},
		{"gives_refunds_up_too_early", func(a adapter) adapter { return resigned{a} }, []string{
			"refund/empty_balance_puts_it_off", "outage/refund/rate_limited",
		}},
		{"hides_an_empty_balance", func(a adapter) adapter { return penniless{a} }, []string{
			"refund/empty_balance_puts_it_off",
		}},
		{"waits_for_a_failed_refund", func(a adapter) adapter { return patient{a} }, []string{
			"refund/failed_is_done_again_under_its_number",
		}},
		{"counts_refunds_too_early", func(a adapter) adapter { return hasty{a} }, []string{
			"refund/stuck_stays_in_processing", "refund/abnormal_is_told", "refund/unknown_word_is_unknown",
		}},
		{"acknowledges_wrongly", func(a adapter) adapter { return polite{a} }, []string{
			"notice/resent_until_stored_under_one_key",
		}},
		{"has_no_statement", func(a adapter) adapter { return silent{a} }, []string{
			"statement/lists_captures_and_refunds_of_the_day",
		}},
	}
}

type credulous struct{ providers.Adapter }

func (a credulous) ParseNotice(h http.Header, body []byte, now time.Time) (providers.Notice, error) {
	notice, _ := a.Adapter.ParseNotice(h, body, now) // which is what is broken here
	if notice.Key == "" {
		notice = providers.Notice{Key: "key", Kind: providers.PaymentNotice}
	}
	return notice, nil
}

type timeless struct{ providers.Adapter }

func (a timeless) ParseNotice(h http.Header, body []byte, _ time.Time) (providers.Notice, error) {
	return a.Adapter.ParseNotice(h, body, time.Now())
}

type hopeful struct{ providers.Adapter }

func (a hopeful) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	status, err := a.Adapter.Query(ctx, ref)
	if status.State != providers.Paid {
		status.State, err = providers.Paid, nil
	}
	return status, err
}

type amountless struct{ providers.Adapter }

func (a amountless) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	status, err := a.Adapter.Query(ctx, ref)
	status.Captured = models.Money{}
	return status, err
}

// assuming believes that what was asked was paid. The checks make one call at a time.
type assuming struct {
	providers.Adapter
	asked models.Money
}

func (a *assuming) Create(ctx context.Context, p providers.Payment) (providers.Presentation, error) {
	a.asked = p.Amount
	return a.Adapter.Create(ctx, p)
}

func (a *assuming) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	status, err := a.Adapter.Query(ctx, ref)
	status.Captured = a.asked
	return status, err
}
