package alipay

import "slices"

// fundSources are the values of enable_pay_channels that we send: the balance, its money fund, a
// debit card, a credit card, Huabei, and Huabei in instalments.
var fundSources = []string{
	"balance", "moneyFund", "debitCardExpress", "creditCardExpress", "pcredit", "pcreditpayInstallment",
}

// Sources are where a payer's money may come from, in Alipay's words.
func (a *Adapter) Sources() []string { return slices.Clone(fundSources) }
