package door

import (
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/workflows"
)

// Links lead into Temporal's Web UI. Without its address there are none: each is "".
type Links struct {
	UI        string // its address, FRIENDPAY_TEMPORAL_UI
	Namespace string
}

// Request is the page of a request's newest run.
func (l Links) Request(id string) string { return l.Run(workflows.RequestID(id)) }

// Refund is the page of a refund's newest run, by the refund's number.
func (l Links) Refund(number string) string { return l.Run(workflows.RefundID(number)) }

// Books is the page of the newest comparison of a provider's statements.
func (l Links) Books(provider string) string { return l.Run(workflows.ReconcileID(provider)) }

// Run is the page of a workflow's newest run, by the workflow's id.
func (l Links) Run(workflow string) string {
	if l.UI == "" {
		return ""
	}
	return strings.TrimSuffix(l.UI, "/") + "/namespaces/" + url.PathEscape(l.Namespace) + "/workflows/" +
		url.PathEscape(workflow)
}
