package support

import (
	"context"
	"fmt"
	"strconv"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// refundCommands send money back, to nobody but whoever paid it.
func refundCommands() []command {
	amount := []Arg{{Name: "amount", Label: "What the payer gets, in fen; empty: all that is left", Kind: "fen"}}
	pay := lawful(command{name: "refund", label: "Refund", least: Supervisor, about: []kind{aRequest, anAttempt},
		args: amount, spare: true, addsUp: true}, refund)
	lawfulPlan := pay.plan
	pay.plan = func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
		asked, err := d.Rows.OpenCommands(ctx, e.Request, e.Name)
		if err == nil { // read after the commands: what ends meanwhile is found in one of the two
			e.request, err = d.Rows.Request(ctx, e.Request)
		}
		if err != nil {
			return Preview{}, err
		}
		plan, err := lawfulPlan(ctx, d, e)
		plan.Second = byHand(e, asked) > d.SecondPerson
		return plan, err
	}
	divert := lawful(command{name: "divert_refund", label: "Divert the refund", least: Supervisor,
		about: []kind{aRefund}}, divertRefund)
	lawfulDivert := divert.plan
	divert.plan = func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
		plan, err := lawfulDivert(ctx, d, e)
		if err == nil {
			err = d.leadsElsewhere(ctx, e)
		}
		return plan, err
	}
	divert = divert.but(elsewhere)
	hand := lawful(command{name: "hand_refund", label: "The payer has it", least: Supervisor,
		about: []kind{aRefund}}, handRefund).but(elsewhere)
	lawfulHand := hand.do
	hand.do = func(ctx context.Context, d *Desk, e *errand) (string, error) {
		outcome, err := lawfulHand(ctx, d, e)
		if err == nil {
			err = d.closeCases(ctx, e)
		}
		return outcome, err
	}
	return []command{pay, lawful(command{name: "retry_refund", label: "Try the refund again", least: Supervisor,
		about: []kind{aRefund}, spare: true, already: []string{"refund_known"}}, retryRefund), divert, hand}
}

// refund owes what is asked for, or all that is left, back to whoever paid. The amount is put
// into the arguments, so that what was approved is what is done.
func refund(_ *Desk, e *errand) (wished, error) {
	from := e.attempt
	if from.Number == "" {
		from, _ = e.request.Attempt(e.request.Winner)
	}
	if e.Args["amount"] == "" {
		e.Args["amount"] = strconv.FormatInt(from.Captured.Minus(e.request.Returned(from.Number)).Minor, 10)
	}
	fen, _ := strconv.ParseInt(e.Args["amount"], 10, 64)
	money := models.Money{Minor: fen, Currency: e.request.Payable.Currency}
	event := models.Event{Kind: models.RefundAsked, Refund: e.Args["number"], Money: &money, Reason: byStaff}
	if e.request.State == models.BlockedRisk {
		event.Attempt = from.Number
	} else if from.Number != e.request.Winner {
		return wished{sentence: "Refund payment " + from.Number + "."}, models.Refuse(models.Conflict,
			"not_paid", "This payment did not pay the order: what came of it goes back by itself.")
	}
	sentence := fmt.Sprintf("Give %s of payment %s back to whoever paid it.", amountOf(money), from.Number)
	return wished{event, sentence,
		[]string{"The provider is asked under one number, however often.", "The payer and the merchant are told."},
	}, nil
}

// amountOf writes money as people read it, "129.05 CNY": nobody approves fen for yuan.
func amountOf(m models.Money) string {
	return fmt.Sprintf("%d.%02d %s", m.Minor/100, m.Minor%100, m.Currency)
}

// byHand is what staff gave back of the request so far, what is asked for and not done yet, and
// this, in fen: a large refund in parts is one, whatever payments and moments it is spread over.
func byHand(e *errand, asked []store.Command) int64 {
	fen, _ := strconv.ParseInt(e.Args["amount"], 10, 64)
	for _, c := range asked {
		if _, owed := e.request.Refund(c.Args["number"]); !owed {
			more, _ := strconv.ParseInt(c.Args["amount"], 10, 64)
			fen += more
		}
	}
	for _, f := range e.request.Refunds {
		if f.Reason == models.AfterSaleReason(byStaff) || f.Reason == string(models.RiskHold) {
			fen += f.Amount.Minor
		}
	}
	return fen
}

// elsewhere asks for a second person where much money goes to somebody who did not pay it.
func elsewhere(d *Desk, e *errand, plan *Preview) error {
	plan.Second = e.refund.Amount.Minor > d.SecondPerson
	return nil
}

// moneyBack holds a cancelling by force, which gives back what has come, to the rules of a refund.
func moneyBack(d *Desk, e *errand, plan *Preview) error {
	if e.Args["force"] != "yes" {
		return nil
	}
	if err := (Wish{By: Person{Name: e.By, Role: Role(e.Role)}}).allowed(Supervisor); err != nil {
		return err
	}
	if won, ok := e.request.Attempt(e.request.Winner); ok {
		plan.Effects = append(plan.Effects, "What was paid goes back now: "+amountOf(won.Captured)+".")
	}
	paid := e.request.Winner != "" || e.request.Slot != "" // or may be, before this is done
	plan.Second = paid && e.request.Payable.Minor > d.SecondPerson
	return nil
}

func retryRefund(_ *Desk, e *errand) (wished, error) {
	effects := []string{"It keeps its number: the provider sees one refund."}
	if e.refund.Failure == models.ReturnClosed {
		effects = []string{"The provider closed it for good: another number takes its place."}
	}
	return wished{models.Event{Kind: models.RefundRetried, Refund: e.refund.Number, Spare: e.Args["number"]},
		"Try refund " + e.refund.Number + " again.", effects}, nil
}

func divertRefund(_ *Desk, e *errand) (wished, error) {
	return wished{models.Event{Kind: models.RefundDiverted, Refund: e.refund.Number},
		"Have refund " + e.refund.Number + " sent to the merchant's own account.",
		[]string{"It counts as back only when a person has handed it to the payer."}}, nil
}

func handRefund(_ *Desk, e *errand) (wished, error) {
	return wished{models.Event{Kind: models.RefundHanded, Refund: e.refund.Number},
		"Say that the payer has been handed refund " + e.refund.Number + ".",
		[]string{"The refund and its cases end.", "The payer is told."}}, nil
}

// leadsElsewhere refuses where the provider has no way but the one to the payer.
func (d *Desk) leadsElsewhere(ctx context.Context, e *errand) error {
	adapter, err := d.Accounts.Open(ctx, e.attempt.Provider, e.attempt.Account)
	if err != nil {
		return err
	}
	if _, ok := adapter.(providers.Diverter); !ok {
		return &models.Error{
			Code: models.Conflict, Reason: "no_diversion",
			Message: e.attempt.Provider + " sends refunds to the payer's account only.",
			Fix:     "Ask him to have it put right.",
		}
	}
	return nil
}

// closeCases closes what was open about a refund.
func (d *Desk) closeCases(ctx context.Context, e *errand) error {
	open, err := d.Rows.Cases(ctx, store.CaseFilter{Request: e.Request, Kind: models.CaseRefund, Limit: 100})
	for _, c := range open.Items {
		if c.Refund == e.refund.Number && err == nil {
			err = d.Rows.CloseCase(ctx, c.ID, e.By, "The payer was handed the money.")
			if models.CodeOf(err) == models.NotFound {
				err = nil // a colleague closed it meanwhile
			}
		}
	}
	return err
}
