// Package models is the vocabulary of the house and its law: what a friend-pay
// request is, what may happen to it, and the table by which it moves. It
// imports the standard library only, reads no clock and makes no random number,
// so that the same request and the same event always give the same verdict.
package models
