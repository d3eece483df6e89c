package client

import (
	"context"
	"fmt"
)

// Buyer is friendpay as one of your buyers sees it: with a token that vouches for him instead of the key.
// What is done with it is his own doing, and he reaches his own requests only. It is good for 30 minutes.
func (a *API) Buyer(ctx context.Context, app string, buyer BuyerIn) (*API, *BuyerTokenView, error) {
	answer, err := a.CreateBuyerTokenWithResponse(ctx, BuyerTokenInBody{App: app, Buyer: buyer})
	if err != nil {
		return nil, nil, err
	}
	token, err := first(answer.JSON200)
	if err != nil {
		return nil, nil, err
	}
	as := *a.doer
	as.key = token.Token
	generated, err := NewClientWithResponses(a.server, WithHTTPClient(&as))
	if err != nil {
		return nil, nil, fmt.Errorf("make the client: %w", err)
	}
	return &API{ClientWithResponses: generated, server: a.server, doer: &as}, token, nil
}
