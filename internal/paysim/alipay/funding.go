package alipay

import (
	"slices"
	"strings"
)

type fundChannel struct{ word, code string }

// fundChannels are the places where a payer's money may lie, as enable_pay_channels names
// them, with the code by which queries and notices tell of it.
var fundChannels = []fundChannel{
	{"balance", "ALIPAYACCOUNT"}, {"moneyFund", "FINANCEACCOUNT"}, {"debitCardExpress", "BANKCARD"},
	{"creditCardExpress", "CREDITCARD"}, {"pcredit", "PCREDIT"}, {"pcreditpayInstallment", "PCREDIT"},
}

// enabled are the codes of where the order's money may come from: all, unless it names some.
func (c createCall) enabled() (codes []string, known bool) {
	words := strings.Split(c.EnableChannels, ",")
	for _, f := range fundChannels {
		if c.EnableChannels == "" || slices.Contains(words, f.word) {
			codes = append(codes, f.code)
		}
	}
	for _, word := range words {
		known := slices.ContainsFunc(fundChannels, func(f fundChannel) bool { return f.word == word })
		if c.EnableChannels != "" && !known {
			return nil, false
		}
	}
	return codes, true
}

// funded picks where the money comes from: what the payer wants, or the first place that
// the order takes. It refuses what the order does not take.
func (o *order) funded(wanted string) (code string, refusal *failure) {
	codes, _ := o.Call.enabled()
	switch {
	case wanted == "":
		return codes[0], nil
	case o.Call.EnableChannels != "" && !slices.Contains(codes, wanted):
		return "", business("PAYMENT_CHANNEL_NOT_ENABLED", "该订单不支持此付款渠道")
	}
	return wanted, nil
}
