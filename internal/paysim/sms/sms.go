// Package sms is a text message provider that keeps what it is given, for
// demos and tests to read.
package sms

import (
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits: messages are not money, so the oldest are forgotten.
const (
	maxKept   = 10_000
	maxBody   = 16 << 10
	maxParams = 20
	maxText   = 500
	shown     = 200
)

var phoneForm = regexp.MustCompile(`^\+?[0-9]{5,15}$`)

// Message is one text message. The provider fills the template's words in; here
// they stay apart, so that a test need not parse prose.
type Message struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	To       string            `json:"to"`
	Template string            `json:"template"`
	Params   map[string]string `json:"params,omitempty"`

	key string // whoever sends says the same again under it
}

// Inbox is the sink. It keeps the last 10,000 messages in memory only: codes
// and phone numbers do not belong on a disk.
type Inbox struct {
	key string
	now func() time.Time

	mu       sync.Mutex
	messages []Message
	made     int
}

// New makes an inbox that takes messages from whoever has the key.
func New(key string, now func() time.Time) *Inbox { return &Inbox{key: key, now: now} }

// Send is POST /sms/v1/messages {to, template, params} with a bearer key; it
// answers 202 {id}. The same Idempotency-Key again is the same message, while that is kept.
func (b *Inbox) Send(w http.ResponseWriter, r *http.Request) {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || subtle.ConstantTimeCompare([]byte(key), []byte(b.key)) != 1 {
		reply(w, http.StatusUnauthorized, map[string]string{"code": "KEY_UNKNOWN"})
		return
	}
	var message Message
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	message.key = r.Header.Get("Idempotency-Key")
	if err := decoder.Decode(&message); err != nil || !message.fits() {
		reply(w, http.StatusBadRequest, map[string]string{"code": "PARAM_INVALID"})
		return
	}
	reply(w, http.StatusAccepted, map[string]string{"id": b.keep(message)})
}

func (m Message) fits() bool {
	for name, value := range m.Params {
		if len(name) > maxText || len(value) > maxText {
			return false
		}
	}
	return phoneForm.MatchString(m.To) && m.Template != "" && len(m.Template) <= maxText &&
		len(m.Params) <= maxParams && len(m.key) <= maxText
}

// again says that a message is one that was taken already.
func (m Message) again(taken Message) bool { return m.key != "" && m.key == taken.key }

func (b *Inbox) keep(message Message) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := slices.IndexFunc(b.messages, message.again); known >= 0 {
		return b.messages[known].ID
	}
	b.made++
	message.ID, message.At = "sms_"+strconv.Itoa(b.made), b.now().UTC()
	b.messages = append(b.messages, message)
	if len(b.messages) > maxKept {
		b.messages = slices.Delete(b.messages, 0, 1)
	}
	return message.ID
}

// Messages lists what was sent to a number, or to all, newest first, at most 200.
func (b *Inbox) Messages(to string) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Message{}
	for _, message := range slices.Backward(b.messages) {
		if to == "" || message.To == to {
			list = append(list, message)
		}
		if len(list) == shown {
			break
		}
	}
	return list
}

// List is GET /sim/sms?to=; it answers {messages: […]}, newest first.
func (b *Inbox) List(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, map[string]any{"messages": b.Messages(r.URL.Query().Get("to"))})
}

// Reset forgets all messages.
func (b *Inbox) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = nil
}

//go:embed inbox.html
var inboxText string

var inbox = template.Must(template.New("inbox").Parse(inboxText))

// Page is GET /sim/sms/inbox, the same for people.
func (b *Inbox) Page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = inbox.Execute(w, b.Messages(r.URL.Query().Get("to"))) // the browser may be gone
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the caller is gone; nobody is left to be told
	}
}
