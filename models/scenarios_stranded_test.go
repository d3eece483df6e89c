package models

import (
	"slices"
	"testing"
)

// strandedRefund is a settled request whose whole refund the payer's account cannot take.
func strandedRefund(t *testing.T) *scene {
	return settled(t).do(Event{Kind: GuardLapsed}).refund("RA", 10000).broke(0, Abnormal).is(RefundStuck)
}

// wish is what the payer says of the refund RA.
func wish(actor, what string) Event {
	return Event{Kind: RefundWished, Refund: "RA", Actor: actor, Reason: what}
}

func TestAPayerWhoseAccountIsOpenAgainTriesAgain(t *testing.T) {
	s := strandedRefund(t)
	asked := len(s.asked)
	s.do(wish("payer:friend", WishAgain)).is(Refunding)
	if s.Refunds[0].State != RefundDue || s.Refunds[0].Wish != WishAgain || len(s.Refunds) != 1 {
		t.Errorf("%+v", s.Refunds)
	}
	if len(s.asked) != asked+1 || s.asked[asked] != (Effect{StartRefund, "RA"}) {
		t.Errorf("asked %v", s.asked)
	}
	s.refused(wish("payer:friend", WishAgain), "not_stranded").back(0).is(Refunded)
}

func TestAPayerWhoWantsToBeAskedIsACase(t *testing.T) {
	s := strandedRefund(t)
	seq, cases := s.Seq, len(s.cases)
	s.do(wish("payer:friend", WishContact)).is(RefundStuck)
	if s.Refunds[0].Wish != WishContact || len(s.cases) != cases+1 || s.Seq != seq+1 {
		t.Errorf("%+v %v", s.Refunds[0], s.cases)
	}
	if s.do(wish("payer:friend", WishContact)); s.Seq != seq+1 {
		t.Error("said twice is said once")
	}
	s.do(wish("payer:friend", WishAgain)).is(Refunding)
}

// Nobody but whoever paid says what becomes of the money: not another friend, not the
// buyer, not staff in his name.
func TestNobodyElseSaysWhatBecomesOfARefund(t *testing.T) {
	s := strandedRefund(t)
	for _, actor := range []string{"payer:other", "buyer", "merchant", "staff:ann", "payer:"} {
		s.refused(wish(actor, WishAgain), "unknown_refund")
		s.refused(wish(actor, WishContact), "unknown_refund")
	}
	if s.Refunds[0].Wish != "" {
		t.Error("a stranger's wish was noted")
	}
}

// What was diverted is not back before a human has handed it to the payer.
func TestADivertedRefundIsBackWhenThePayerHasIt(t *testing.T) {
	s := strandedRefund(t).do(Event{Kind: RefundDiverted, Refund: "RA", Actor: "staff:ann"}).is(RefundStuck)
	s.wasAsked(DivertRefund, "RA")
	s.refused(Event{Kind: RefundRetried, Refund: "RA"}, "refund_diverted")
	s.refused(wish("payer:friend", WishAgain), "not_stranded")
	s.refused(Event{Kind: RefundHanded, Refund: "RA"}, "not_with_merchant")
	if !slices.Contains(s.Polls(), Effect{FollowRefund, "RA"}) {
		t.Error("it is followed until it has come to the merchant")
	}
	if !slices.Contains(s.Unfinished(), Effect{DivertRefund, "RA"}) {
		t.Error("a run that was lost takes it up again")
	}
	told := len(s.notices)
	s.back(0).is(RefundStuck)
	f := s.Refunds[0]
	if f.State != RefundFailed || f.Failure != WithMerchant || len(s.notices) != told || len(s.Polls()) > 0 {
		t.Errorf("with the merchant is not with the payer: %+v %v", f, s.notices)
	}
	s.back(0).broke(0, ReturnClosed).is(RefundStuck)
	s.do(Event{Kind: RefundHanded, Refund: "RA", Actor: "staff:ann"}).is(Refunded)
	if s.Refunds[0].State != RefundSucceeded || s.notices[len(s.notices)-1] != NoticeRefunded {
		t.Errorf("%+v %v", s.Refunds[0], s.notices)
	}
}

func TestARefundThatCannotBeDivertedIsStrandedAgain(t *testing.T) {
	s := strandedRefund(t).do(Event{Kind: RefundDiverted, Refund: "RA"})
	s.do(Event{Kind: RefundBroke, Refund: "RA", Reason: Abnormal, By: FollowRefund})
	if !s.Refunds[0].Diverted {
		t.Error("that it is still abnormal is no answer to the diverting")
	}
	s.do(Event{Kind: RefundBroke, Refund: "RA", Reason: Abnormal, By: DivertRefund}).is(RefundStuck)
	if !s.Refunds[0].Stranded() {
		t.Errorf("%+v", s.Refunds[0])
	}
	s.do(Event{Kind: RefundDiverted, Refund: "RA"}).broke(0, ReturnClosed)
	s.do(Event{Kind: RefundRetried, Refund: "RA"}).is(Refunding)
	if len(s.Refunds) != 2 || s.Refunds[0].State != RefundReplaced {
		t.Errorf("closed is closed, diverted or not: %+v", s.Refunds)
	}
}
