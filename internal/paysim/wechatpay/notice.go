package wechatpay

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// message is an event before it is encrypted, which each delivery does anew.
type message struct {
	Type     string          `json:"type"`
	Summary  string          `json:"summary"`
	Original string          `json:"original"`
	At       time.Time       `json:"at"`
	Plain    json.RawMessage `json:"plain"`
}

// notice is the body of a callback.
type notice struct {
	ID           string  `json:"id"`
	CreateTime   string  `json:"create_time"`
	ResourceType string  `json:"resource_type"`
	EventType    string  `json:"event_type"`
	Summary      string  `json:"summary"`
	Resource     *sealed `json:"resource,omitempty"`
}

// hexID is the form of an event's id.
func hexID() string {
	text := hexadecimal(16)
	return text[:8] + "-" + text[8:12] + "-5" + text[13:16] + "-" + text[16:20] + "-" + text[20:]
}

// announce writes the entry that caused an event and begins to deliver it; the
// lock is held.
func (p *Provider) announce(entry journal.Entry, snapshot record) {
	p.courier.Announce(snapshot.Event, func() { p.note(entry, snapshot) })
}

// dispatch posts an event once. The status alone says whether it was taken.
func (p *Provider) dispatch(ctx context.Context, e *courier.Event, mode faults.Mode) courier.Result {
	header, body := p.envelope(e, mode)
	return courier.Send(ctx, p.deps.Client, courier.Letter{URL: e.URL, Header: header, Body: body},
		func(status int, _ string) bool { return status == http.StatusOK || status == http.StatusNoContent })
}

// envelope encrypts and signs an event, or spoils it as asked.
func (p *Provider) envelope(e *courier.Event, mode faults.Mode) (http.Header, []byte) {
	m := p.byMerchant[e.Merchant]
	var event message
	if err := json.Unmarshal(e.Body, &event); err != nil {
		panic(err) // our own snapshot
	}
	if mode == faults.ForeignAccount {
		m = p.another(m)
		event.Plain = desk.Claim(event.Plain, map[string]any{"mchid": m.MchID, "appid": m.AppID})
	}
	body := desk.Encode(pack(m, e.ID, event, mode))
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "Mozilla/4.0")
	header.Set("Accept", "*/*")
	l := letter{m.PublicKeyID, m.platform, mode}
	if m.CertificateCallbacks || mode == faults.CertSerial {
		l.serial, l.key = m.CertificateSerial, m.certified
	}
	if mode != faults.Unsigned {
		p.sign(header, l, body)
	}
	if mode == faults.Truncated {
		body = body[:len(body)/2]
	}
	return header, body
}

// pack is the body of a callback.
func pack(m *merchant, id string, event message, mode faults.Mode) notice {
	n := notice{
		ID: id, CreateTime: stamp(event.At), ResourceType: "encrypt-resource",
		EventType: event.Type, Summary: event.Summary,
	}
	if mode == faults.NoResource {
		return n
	}
	apiKey := m.APIv3Key
	if mode == faults.PreviousKey && m.PreviousAPIv3Key != "" {
		apiKey = m.PreviousAPIv3Key
	}
	resource := seal(apiKey, event.Original, event.Plain)
	resource.OriginalType = event.Original
	n.Resource = &resource
	return n
}

// stranger is an account of nobody here, made when it is first needed.
var stranger = sync.OnceValue(func() *merchant {
	account, err := NewAccount("", "wxforeign", "1900000000")
	if err != nil {
		panic(err) // the system's source of chance failed
	}
	m, err := open(account)
	if err != nil {
		panic(err)
	}
	return m
})

// another is a second account of this simulator, or a stranger's.
func (p *Provider) another(m *merchant) *merchant {
	for _, account := range p.deps.Accounts {
		if account.MchID != m.MchID {
			return p.byMerchant[account.MchID]
		}
	}
	return stranger()
}
