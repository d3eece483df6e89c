package openid

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/friendpay/friendpay/providers"
)

// Colleague is somebody of the staff, as the issuer knows him.
type Colleague struct {
	Subject string   // the issuer and its own word for him, which stays his
	Name    string   // short, fit for an audit line; some issuers let people change it
	Roles   []string // whatever the issuer says, known here or not
}

// named are the short names that audit lines may hold: no spaces, and nothing that looks like markup.
var named = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._@-]{0,63}$`)

// maxRoles is how many roles of a colleague are looked at.
const maxRoles = 100

// ColleagueURL is LoginURL for the staff. The hint names who is about to log in; empty: nobody knows.
func (c *Client) ColleagueURL(ctx context.Context, returnURL, state, secret, hint string) (string, error) {
	provider, err := c.discovered(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce(secret)), oauth2.S256ChallengeOption(secret)}
	if hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
	}
	config := c.config(provider, returnURL)
	config.Scopes = append(config.Scopes, "profile")
	return config.AuthCodeURL(state, options...), nil
}

// Colleague exchanges the code that came back, once, for who logged in and his roles. The errors
// are Login's.
func (c *Client) Colleague(ctx context.Context, returnURL, code, secret string) (Colleague, error) {
	checked, err := c.exchanged(ctx, returnURL, code, secret)
	if err != nil {
		return Colleague{}, err
	}
	claims := map[string]json.RawMessage{}
	if err := checked.Claims(&claims); err != nil {
		return Colleague{}, fmt.Errorf("%w: its claims cannot be read", providers.ErrLogin)
	}
	who := Colleague{
		Subject: checked.Issuer + "#" + checked.Subject, Name: checked.Subject,
		Roles: listed(claims[c.settings.RolesClaim]),
	}
	var name string
	if json.Unmarshal(claims["preferred_username"], &name) == nil && named.MatchString(name) {
		who.Name = name
	}
	if !named.MatchString(who.Name) {
		return Colleague{}, fmt.Errorf("%w: it names nobody that an audit could name", providers.ErrLogin)
	}
	return who, nil
}

// listed reads a list of words, or a single word, as issuers send either.
func listed(claim json.RawMessage) []string {
	var many []string
	if json.Unmarshal(claim, &many) == nil {
		return many[:min(len(many), maxRoles)]
	}
	var one string
	if json.Unmarshal(claim, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}
