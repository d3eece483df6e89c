package web

import "github.com/friendpay/friendpay/models"

// Privacy is the buyer's page about what friends see of his request: a dial, his words, and
// the friend's own card as it will be.
type Privacy struct {
	ID        string
	Choices   []models.Shows // what the order can be shown as
	Set       models.Shows   // what holds
	Chosen    models.Shows   // what the preview is of
	Message   string         // what holds, or what was typed when Problem says why it does not
	Seen      Card
	NameCheck bool // a friend says first who asks; until then he reads neither name nor words
	MayChange bool
	Saved     bool // it has just been set
	Problem   *Problem
}
