// Package oidc simulates the company's own login: an OpenID Connect issuer with
// a few demo people of the staff. It follows the authorization code flow with
// PKCE and signs ID tokens with RS256; who logs in is chosen on a page.
package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

// Name is the issuer's name in journals and faults.
const Name = "oidc"

// Path is where the issuer is below the simulator's own address.
const Path = "/oidc"

const keyBits = 2048

// Client is one application that people log in to, with the issuer's key beside
// it: one client has one issuer here.
type Client struct {
	ID           string   `json:"client_id"`
	Secret       string   `json:"client_secret"`
	RedirectURIs []string `json:"redirect_uris,omitempty"` // exact; none: any http address
	IssuerKey    string   `json:"issuer_key"`              // RSA, PKCS #8 PEM
}

// NewClient makes a client with a fresh secret, and a key for the issuer.
func NewClient(id string, redirects ...string) (Client, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Client{}, fmt.Errorf("issuer's key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Client{}, fmt.Errorf("issuer's key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return Client{ID: id, Secret: rand.Text(), RedirectURIs: redirects, IssuerKey: string(text)}, nil
}

// Deps is what the issuer shares with others in one simulator.
type Deps struct {
	Client    Client
	Faults    *faults.Board
	Pace      *pace.Pace
	PublicURL string // where browsers and programs reach the simulator; empty: as the caller did
}

// Issuer logs people in.
type Issuer struct {
	deps    Deps
	desk    *desk.Desk
	key     *rsa.PrivateKey
	keyID   string
	journal *journal.Journal

	mu    sync.Mutex
	codes map[string]*login
}

// New checks the client.
func New(deps Deps) (*Issuer, error) {
	if deps.Faults == nil || deps.Pace == nil {
		return nil, errors.New("oidc needs faults and a pace")
	}
	if deps.Client.ID == "" || deps.Client.Secret == "" {
		return nil, errors.New("oidc: a client needs an id and a secret")
	}
	block, _ := pem.Decode([]byte(deps.Client.IssuerKey))
	if block == nil {
		return nil, errors.New("oidc: the issuer's key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("oidc: issuer's key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("oidc: the issuer's key is not RSA")
	}
	i := &Issuer{deps: deps, key: key, keyID: thumbprint(key), codes: map[string]*login{}}
	i.desk = &desk.Desk{Provider: Name, Faults: deps.Faults, Pace: deps.Pace, Note: i.note}
	return i, nil
}

func thumbprint(key *rsa.PrivateKey) string {
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Start gives the issuer the journal that tells who was logged in.
func (i *Issuer) Start(j *journal.Journal) { i.journal = j }

// Reset forgets logins under way.
func (i *Issuer) Reset() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.codes = map[string]*login{}
}

func (i *Issuer) note(entry journal.Entry) {
	entry.Provider = Name
	i.journal.Record(entry)
}

// Routes adds the issuer's addresses to a mux.
func (i *Issuer) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Path+"/.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET "+Path+"/jwks", i.keys)
	mux.HandleFunc("GET "+Path+"/authorize", i.authorize)
	mux.HandleFunc("POST "+Path+"/authorize", i.choose)
	mux.HandleFunc("POST "+Path+"/token", i.token)
}

// now is the issuer's clock.
func (i *Issuer) now() time.Time { return i.deps.Pace.Now() }

// issuer is the address that discovery and ID tokens name.
func (i *Issuer) issuer(r *http.Request) string {
	if i.deps.PublicURL != "" {
		return i.deps.PublicURL + Path
	}
	return desk.Origin(r) + Path
}
