package web

// Decline asks whether the friend really will not pay, or wants to report the request.
type Decline struct {
	Card
	Later []int // in so many minutes he may pay: before the request ends
}
