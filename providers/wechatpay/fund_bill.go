package wechatpay

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const (
	colBooked   = "记账时间"
	colBusiness = "微信支付业务单号"
	colFlow     = "资金流水单号"
	colType     = "业务类型"
	colWay      = "收支类型"
	colMoved    = "收支金额（元）"
	colBalance  = "账户结余（元）"
	colVoucher  = "业务凭证号"

	sumFlows  = "资金流水总笔数"
	sumIns    = "收入笔数"
	sumIn     = "收入金额"
	sumOuts   = "支出笔数"
	sumOut    = "支出金额"
	wayIn     = "收入"
	wayOut    = "支出"
	typeTrade = "交易"
	typeBack  = "退款"
	wordFee   = "手续费" // in the words of all that is about fees
)

var fundForm = form{
	rows:    []string{colBooked, colBusiness, colFlow, colType, colWay, colMoved, colBalance, colVoucher},
	summary: []string{sumFlows, sumIns, sumIn, sumOuts, sumOut},
}

// fundTally counts and sums what came in and what went out, in fen.
type fundTally struct{ ins, in, outs, out int64 }

func (t *fundTally) add(m providers.Movement) {
	if m.Amount.Minor < 0 {
		t.outs, t.out = t.outs+1, t.out-m.Amount.Minor
		return
	}
	t.ins, t.in = t.ins+1, t.in+m.Amount.Minor
}

func (t *fundTally) is(said row) bool {
	for name, count := range map[string]int64{sumFlows: t.ins + t.outs, sumIns: t.ins, sumOuts: t.outs} {
		if n, err := strconv.ParseInt(said.cell(name), 10, 64); err != nil || n != count {
			return false
		}
	}
	return tells(said.cell(sumIn), t.in*grainsInFen) && tells(said.cell(sumOut), t.out*grainsInFen)
}

// readFunds hands out everything that moved: the account is one for all apps.
func (a *Adapter) readFunds(from io.Reader, tell func(providers.Movement) bool) error {
	var all fundTally
	return fundForm.read(from, func(r row) error {
		moved, err := movement(r)
		if err != nil {
			return err
		}
		all.add(moved)
		if !tell(moved) {
			return errEnough
		}
		return nil
	}, func(said row) error {
		if !all.is(said) {
			return errSums
		}
		return nil
	})
}

// movement reads a row. A type that is not known is still money that moved.
func movement(r row) (moved providers.Movement, err error) {
	word := r.cell(colType)
	moved = providers.Movement{
		Kind: providers.MovedOther, Type: word, Number: r.cell(colVoucher), Transaction: r.cell(colBusiness),
		Flow: r.cell(colFlow), Amount: models.CNY(0), Balance: models.CNY(0),
	}
	switch {
	case strings.Contains(word, wordFee):
		moved.Kind = providers.MovedFee
	case word == typeTrade:
		moved.Kind = providers.MovedCapture
	case word == typeBack:
		moved.Kind = providers.MovedRefund
	}
	if moved.At, err = time.ParseInLocation(time.DateTime, r.cell(colBooked), shanghai); err != nil {
		return moved, errBill
	}
	if moved.Amount.Minor, err = fen(r.cell(colMoved)); err != nil {
		return moved, err
	}
	switch r.cell(colWay) {
	case wayIn:
	case wayOut:
		moved.Amount.Minor = -moved.Amount.Minor
	default:
		return moved, errBill
	}
	left, digits, err := grains(r.cell(colBalance)) // an account may be in the red
	if err != nil || digits > 2 {
		return moved, errBill
	}
	moved.Balance.Minor = left / grainsInFen
	return moved, nil
}
