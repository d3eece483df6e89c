package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
)

func TestMoneyIsComparedWithinOneCurrency(t *testing.T) {
	dollar := Money{Minor: 1, Currency: "USD"}
	for _, c := range []struct {
		a, b Money
		less bool
	}{
		{CNY(1), CNY(2), true}, {CNY(2), CNY(2), false}, {CNY(3), CNY(2), false},
		{dollar, CNY(2), false}, {CNY(2), dollar, false}, {Money{}, CNY(1), false},
	} {
		if c.a.Less(c.b) != c.less {
			t.Errorf("%s less than %s: %t", c.a, c.b, !c.less)
		}
	}
}

func TestMoneyAddsUp(t *testing.T) {
	if got := CNY(10000).Minus(CNY(1)).Plus(CNY(2)); got != CNY(10001) {
		t.Errorf("10000 - 1 + 2 = %s", got)
	}
	if got := CNY(math.MaxInt64).Minus(CNY(1)); got.Minor != math.MaxInt64-1 {
		t.Errorf("large amounts lose fen: %s", got)
	}
	if got := CNY(12900).String(); got != "12900 CNY" {
		t.Errorf("money reads %q", got)
	}
}

func TestMoneyOnTheWire(t *testing.T) {
	data, err := json.Marshal(CNY(12900))
	if err != nil || string(data) != `{"minor":12900,"currency":"CNY"}` {
		t.Errorf("money is written %s, %v", data, err)
	}
	var back Money
	if err := json.Unmarshal([]byte(`{"minor":129.5,"currency":"CNY"}`), &back); err == nil {
		t.Error("half a fen was read")
	}
}

func TestCodeOfFindsTheRefusalInAChain(t *testing.T) {
	refused := Refuse(Conflict, "slot_taken", "Someone is paying right now.")
	if got := CodeOf(fmt.Errorf("deliver event: %w", refused)); got != Conflict {
		t.Errorf("code %s", got)
	}
	if got := CodeOf(errors.New("broken wire")); got != Internal {
		t.Errorf("code of a stranger: %s", got)
	}
}
