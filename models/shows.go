package models

// Shows is how much of an order its buyer lets a friend see. The amount, the merchant and
// who asks (masked) are always shown; address, phone and order number never.
type Shows string

// The settings.
const (
	ShowsFull     Shows = "full"     // title and items
	ShowsCategory Shows = "category" // the order's category, in the merchant's words
	ShowsSurprise Shows = "surprise" // nothing of it
)

// AllShows lists the settings, the most open first.
var AllShows = []Shows{ShowsFull, ShowsCategory, ShowsSurprise}
