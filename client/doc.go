// Package client is friendpay for a merchant's server in Go.
//
// The types and calls are generated from the API's own description (api/openapi.yaml); what is written by
// hand is what every caller needs: the key, repetition under one Idempotency-Key, refusals as errors, the
// stream of events, and proof that a webhook is genuine.
//
//	pay, err := client.New("https://pay.example.com", os.Getenv("FRIENDPAY_API_KEY"))
//	placed, err := pay.Place(ctx, "order-1042", client.PlaceInBody{Order: &client.OrderIn{…}})
//	fmt.Println(placed.Link.URL) // the buyer sends it to a friend
//
// Amounts are minor units (fen of CNY) with a currency; times are UTC. A refusal is a *Problem: act on its
// Reason, show its Detail and Fix to people, come back at Until.
package client
