package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/friendpay/friendpay/client"
)

// A merchant's server asks for a friend's help with an order, and learns by a refusal what to do instead.
func Example() {
	friendpay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"status":404,"reason":"unknown_request","detail":"No such."}`)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"fpr_1","state":"open","link":{"url":"https://pay.example.com/f/Xy"}}`)
	}))
	defer friendpay.Close()
	ctx := context.Background()

	pay, err := client.New(friendpay.URL, "fpk_test_example")
	if err != nil {
		panic(err)
	}
	placed, err := pay.Place(ctx, "order-1042", client.PlaceInBody{Order: &client.OrderIn{
		App: "app_demo", Number: "1042", Title: "Coffee maker", Kind: new("physical"), PriceVersion: new(int64(1)),
		Payable: client.Amount{Minor: 12900, Currency: "CNY"},
		Buyer:   client.BuyerIn{ID: "b-1", Name: new("王小明")},
	}})
	if err != nil {
		panic(err)
	}
	fmt.Println(placed.State, placed.Link.URL)

	_, err = pay.Show(ctx, "fpr_2")
	if problem := client.AsProblem(err); problem != nil {
		fmt.Println(problem.Status, problem.Reason)
	}
	// Output:
	// open https://pay.example.com/f/Xy
	// 404 unknown_request
}
