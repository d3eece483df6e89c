package demo

import (
	"context"
	"errors"
	"fmt"

	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// playEventToClosedRun reports things long after a request's run is over: it is
// started again from its row, takes the event in, and ends again.
func playEventToClosedRun(ctx context.Context, s *story) error {
	back := expected{Captured: price, Refunded: price}
	late, repaid := back, back
	late.State, repaid.State = models.Expired, models.Refunded
	return s.together(ctx,
		tale{"late money", moneyAfterRun, late},
		tale{"a refund tried again", refundAfterRun, repaid})
}

func moneyAfterRun(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, brief)
	if err != nil {
		return err
	}
	if err := s.ends(ctx, models.Expired); err != nil {
		return err
	}
	return s.afterRun(ctx, func() error {
		if err := s.provider.capture(ctx, made.Number); err != nil {
			return err
		}
		s.tell("now the provider takes the money", models.Expired)
		return s.awaitFriendTold(ctx, "request.refunded")
	})
}

func refundAfterRun(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	if err := s.provider.spoil(ctx, fault{Op: "refund", Mode: "closed_no_funds", Number: s.made}); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if err := s.ends(ctx, models.RefundStuck); err != nil {
		return err
	}
	return s.afterRun(ctx, func() error {
		if err := s.retryRefund(ctx); err != nil {
			return err
		}
		return s.ends(ctx, models.Refunded)
	})
}

// afterRun lets something happen when the request's run is over, and makes sure that
// another run took it in.
func (s *story) afterRun(ctx context.Context, something func() error) error {
	temporal, id := s.house.Parts.Temporal, workflows.RequestID(s.request)
	first := temporal.GetWorkflow(ctx, id, "")
	if err := first.Get(ctx, nil); err != nil {
		return fmt.Errorf("await the end of the run: %w", err)
	}
	over := first.GetRunID()
	s.tell("its run is over", s.want.State)
	if err := something(); err != nil {
		return err
	}
	now, err := temporal.DescribeWorkflowExecution(ctx, id, "")
	if err == nil && now.GetWorkflowExecutionInfo().GetExecution().GetRunId() == over {
		err = errors.New("no other run was started")
	}
	return err
}

// running says whether the request's newest run is under way.
func (s *story) running(ctx context.Context) (bool, error) {
	now, err := s.house.Parts.Temporal.DescribeWorkflowExecution(ctx, workflows.RequestID(s.request), "")
	return now.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, err
}

// playOutOfOrder lets events come in another order than they happened in.
func playOutOfOrder(ctx context.Context, s *story) error {
	back := expected{Captured: price, Refunded: price}
	refunded, late := back, back
	refunded.State, late.State = models.Refunded, models.Expired
	return s.together(ctx,
		tale{"the refund before the payment", refundFirst, refunded},
		tale{"paid after the close", paidAfterClose, expected{models.Settled, price, 0, price, 0, 0}},
		tale{"the callback before the query knows", callbackFirst, late})
}

// straggler is how long the payment's callback is on its way.
const straggler = 6000 // ms

// refundFirst: the payment's own callback comes when its refund is long done.
func refundFirst(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	slow := fault{Op: "callback", Mode: "late", Number: made.Number, MS: straggler}
	if err := s.provider.spoil(ctx, slow); err != nil {
		return err
	}
	if err := s.finish(ctx, made); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if err := s.ends(ctx, models.Refunded); err != nil {
		return err
	}
	entries, err := s.provider.journal(ctx, made.Number)
	if err == nil && acknowledged(entries) != 1 {
		err = fmt.Errorf("%d callbacks came before, not only the refund's", acknowledged(entries))
	}
	if err != nil {
		return err
	}
	return s.until(ctx, "the payment's callback", func() (bool, error) {
		entries, err := s.provider.journal(ctx, made.Number)
		return acknowledged(entries) == 2, err
	})
}

// paidAfterClose: his order is closed and he gave the slot up; the money comes all the
// same, the first of this request, and counts.
func paidAfterClose(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.payer.withdraw(ctx, made); err != nil {
		return err
	}
	if err := s.await(ctx, models.Open); err != nil {
		return err
	}
	s.tell("he gave up; the order is closed at the provider", models.Open)
	if err := s.provider.capture(ctx, made.Number); err != nil {
		return err
	}
	return s.settled(ctx)
}

// unpaid is each provider's word for an order that waits for money.
var unpaid = map[string]string{
	"wechatpay": "NOTPAY", "mockpay": "WAITING", "alipay": "WAIT_BUYER_PAY", "unionpay": "34",
}

// callbackFirst: the request is over, and the callback of late money comes before the
// provider's own query knows of it.
func callbackFirst(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, brief)
	if err != nil {
		return err
	}
	if err := s.ends(ctx, models.Expired); err != nil {
		return err
	}
	behind := fault{
		Op: "query", Mode: "say_status", Number: made.Number, Count: deaf, Value: unpaid[s.channel.provider],
	}
	if err := s.provider.spoil(ctx, behind); err != nil {
		return err
	}
	if err := s.provider.capture(ctx, made.Number); err != nil {
		return err
	}
	s.tell("the provider takes the money, calls back, and answers \"not paid\"", models.Expired)
	return s.awaitFriendTold(ctx, "request.refunded")
}
