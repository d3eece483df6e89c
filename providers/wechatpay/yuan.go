package wechatpay

import (
	"regexp"
	"strconv"
)

// Bills write yuan, fees with up to five digits behind the point. A grain is the
// smallest that they can tell: a thousandth of a fen.
const grainsInFen = 1000

var yuanForm = regexp.MustCompile(`^(-?)([0-9]{1,12})(?:\.([0-9]{1,5}))?$`)

// grains reads an amount of yuan without ever passing through a float, and says how
// many digits stood behind the point.
func grains(yuan string) (amount int64, digits int, err error) {
	parts := yuanForm.FindStringSubmatch(yuan)
	if parts == nil {
		return 0, 0, errBill
	}
	amount, err = strconv.ParseInt(parts[1]+parts[2]+(parts[3] + "00000")[:5], 10, 64)
	return amount, len(parts[3]), err
}

// fen reads an amount of money that changed hands: whole fen, and no sign.
func fen(yuan string) (int64, error) {
	amount, digits, err := grains(yuan)
	if err != nil || digits > 2 || amount < 0 {
		return 0, errBill
	}
	return amount / grainsInFen, nil
}

// feeFen reads a fee, rounded half away from zero to fen; below zero it comes back.
func feeFen(yuan string) (int64, error) {
	amount, _, err := grains(yuan)
	if amount < 0 {
		return -((-amount + grainsInFen/2) / grainsInFen), err
	}
	return (amount + grainsInFen/2) / grainsInFen, err
}

// tells says whether a sum, as a bill writes it, is that of its rows: to the last
// digit that it writes, and to the fen in any case.
func tells(yuan string, sum int64) bool {
	said, digits, err := grains(yuan)
	unit := int64(grainsInFen)
	for range digits - 2 {
		unit /= 10
	}
	return err == nil && said-sum < unit && sum-said < unit
}
