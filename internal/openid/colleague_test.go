package openid_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/openid"
	"github.com/friendpay/friendpay/providers"
)

// colleague logs somebody of the staff in, whose roles the issuer keeps in the claim.
func (i issuer) colleague(subject, secret, brought string) (openid.Colleague, error) {
	i.t.Helper()
	address, err := i.client.ColleagueURL(i.t.Context(), home, "s1", secret, subject)
	require.NoError(i.t, err)
	asked, err := url.Parse(address)
	require.NoError(i.t, err)
	require.Equal(i.t, subject, asked.Query().Get("login_hint"))
	require.Equal(i.t, "S256", asked.Query().Get("code_challenge_method"))
	require.NotContains(i.t, address, secret, "the browser keeps it for itself")
	status, back := i.send(address, "application/x-www-form-urlencoded", "action="+subject)
	require.Equal(i.t, http.StatusSeeOther, status)
	return i.client.Colleague(i.t.Context(), home, back.Query().Get("code"), brought)
}

func TestAColleagueComesWithNameAndRoles(t *testing.T) {
	i := newIssuer(t)
	for subject, want := range map[string]openid.Colleague{
		"staff-5": {Name: "vera", Roles: []string{"viewer"}},
		"staff-8": {Name: "otto", Roles: []string{"operator"}},
	} {
		who, err := i.colleague(subject, secret, secret)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(who.Subject, "#"+subject), who.Subject)
		who.Subject = ""
		require.Equal(t, want, who)
	}
	who, err := i.colleague("staff-1", secret, secret)
	require.NoError(t, err)
	require.Equal(t, []string{"admin"}, who.Roles, "roles are told as they are; the console knows its own")
}

// Another browser's code, or one that an intruder began, names nobody.
func TestAColleaguesLoginIsOfOneBrowser(t *testing.T) {
	i := newIssuer(t)
	who, err := i.colleague("staff-8", secret, "ZZZZEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST")
	require.ErrorIs(t, err, providers.ErrLogin)
	require.Empty(t, who.Name)
}
