package alipay

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxAmount is Alipay's, in fen.
const maxAmount = 100_000_000_00

// yuan is how Alipay writes an amount of fen.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

var (
	errAmount = errors.New("an amount is not of the expected form")
	yuanForm  = regexp.MustCompile(`^(-?)([0-9]{1,12})(?:\.([0-9]{1,12}))?$`)
)

// fen reads an amount of yuan without ever passing through a float. More than two
// decimals are rounded half away from zero; only fees have them.
func fen(yuan string) (int64, error) {
	parts := yuanForm.FindStringSubmatch(yuan)
	if parts == nil {
		return 0, errAmount
	}
	decimals := parts[3] + "000"
	whole, err := strconv.ParseInt(parts[2]+decimals[:2], 10, 64)
	if err != nil {
		return 0, errAmount
	}
	if decimals[2] >= '5' {
		whole++
	}
	if parts[1] == "-" {
		whole = -whole
	}
	return whole, nil
}

// exactFen reads an amount that is whole fen and not negative.
func exactFen(yuan string) (int64, error) {
	_, decimals, _ := strings.Cut(yuan, ".")
	amount, err := fen(yuan)
	if err != nil || strings.HasPrefix(yuan, "-") || strings.Trim(decimals[min(2, len(decimals)):], "0") != "" {
		return 0, errAmount
	}
	return amount, nil
}

// amount is yuan in an answer, which come as text and, in lists, as numbers. The
// text of a number is kept as it is.
type amount string

// UnmarshalJSON takes a string, a number, or null for none.
func (a *amount) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(a))
	}
	if string(text) != "null" {
		*a = amount(text)
	}
	return nil
}
