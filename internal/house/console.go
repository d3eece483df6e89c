package house

import (
	"strings"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/openid"
)

// console are the parts of the support console that settings decide.
func (h *House) console() console.Parts {
	desk := h.Desk()
	parts := console.Parts{Desk: console.NewDesk(desk), Offers: desk, WorkflowURL: h.Links.Run}
	if c := h.Config; c.StaffOIDCIssuer != "" {
		parts.OpenID = openid.New(openid.Settings{
			Issuer: c.StaffOIDCIssuer, ClientID: c.StaffOIDCClientID, ClientSecret: c.StaffOIDCClientSecret,
			RolesClaim: c.StaffOIDCRolesClaim,
		}, h.Traces.Transport(c.providerClient().Transport))
	}
	for _, hint := range h.Config.StaffHints {
		name, role, _ := strings.Cut(hint, ":")
		parts.Hints = append(parts.Hints, console.Hint{Name: name, Role: role})
	}
	return parts
}
