package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// maxOverlap is how long an old key or secret may go on beside a new one, in seconds: 30 days.
const maxOverlap = 30 * 24 * 3600

// AppView is an app as its merchant sees it.
type AppView struct {
	ID   string     `json:"id"`
	Name string     `json:"name"`
	Mode store.Mode `json:"mode" enum:"test,live"`
	Hook string     `json:"hook_url,omitempty" doc:"Where it is asked to take an order's money."`
}

type appsOut struct {
	Body struct {
		Apps []AppView `json:"apps" nullable:"false"`
	}
}

// listApps shows the apps of the caller's key.
func (s *Server) listApps(ctx context.Context, _ *struct{}) (*appsOut, error) {
	who := caller(ctx)
	apps, err := s.Store.AppsOf(ctx, who.Merchant, store.Mode(who.Mode))
	if err != nil {
		return nil, err
	}
	out := &appsOut{}
	out.Body.Apps = []AppView{}
	for _, app := range apps {
		if slices.Contains(who.Apps, app.ID) {
			view := AppView{ID: app.ID, Name: app.Name, Mode: app.Mode, Hook: app.HookURL}
			out.Body.Apps = append(out.Body.Apps, view)
		}
	}
	return out, nil
}

// KeyView is a key without the key.
type KeyView struct {
	ID       string     `json:"id"`
	Label    string     `json:"label,omitempty"`
	Prefix   string     `json:"prefix,omitempty" doc:"What it begins with; missing for older ones."`
	LastFour string     `json:"last_four,omitempty"`
	Apps     []string   `json:"apps" nullable:"false"`
	Scopes   []string   `json:"scopes" nullable:"false" doc:"Empty: all but those of keys."`
	Mode     string     `json:"mode" enum:"test,live"`
	Created  time.Time  `json:"created_at"`
	Expires  *time.Time `json:"expires_at,omitempty"`
	Revoked  *time.Time `json:"revoked_at,omitempty"`
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"To the hour."`
	Key      string     `json:"key,omitempty" doc:"Shown once, in the answer that made it."`
}

type keysOut struct {
	Body struct {
		Keys []KeyView `json:"keys" nullable:"false"`
	}
}

type keyOut struct{ Body KeyView }

// listKeys shows the keys of the caller's apps, of his key's mode.
func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*keysOut, error) {
	who := caller(ctx)
	keys, err := s.Store.APIKeys(ctx, who.Merchant, who.Mode)
	if err != nil {
		return nil, err
	}
	out := &keysOut{}
	out.Body.Keys = []KeyView{}
	for _, key := range keys {
		if who.holds(key) {
			out.Body.Keys = append(out.Body.Keys, viewKey(key))
		}
	}
	return out, nil
}

type newKeyIn struct {
	Body struct {
		Label  string   `json:"label,omitempty" maxLength:"64" doc:"Your own word for it."`
		Apps   []string `json:"apps,omitempty" maxItems:"20" doc:"Missing: those of your key."`
		Scopes []string `json:"scopes" minItems:"1" maxItems:"20" doc:"None that your key has not."`
	}
}

// createAPIKey makes a key that may no more than the caller's own.
func (s *Server) createAPIKey(ctx context.Context, in *newKeyIn) (*keyOut, error) {
	who := caller(ctx)
	apps := in.Body.Apps
	if len(apps) == 0 {
		apps = who.Apps
	}
	if slices.ContainsFunc(apps, func(app string) bool { return !slices.Contains(who.Apps, app) }) {
		return nil, unknownApp()
	}
	if err := who.grants(in.Body.Scopes); err != nil {
		return nil, err
	}
	text, fresh := NewKey(store.APIKey{
		ID: minted(ctx), Merchant: who.Merchant, Apps: apps, Scopes: in.Body.Scopes, Mode: who.Mode,
		Label: in.Body.Label,
	})
	made, err := s.rows(ctx).CreateAPIKey(ctx, fresh)
	if err != nil {
		return nil, err
	}
	return shownOnce(made, text), nil
}

type rotateIn struct {
	RequestPath
	Body struct {
		Overlap int64 `json:"overlap_seconds" minimum:"0" maximum:"2592000" doc:"So long the old one goes on."`
	}
}

// rotateAPIKey makes a key like another one, which ends after the overlap.
func (s *Server) rotateAPIKey(ctx context.Context, in *rotateIn) (*keyOut, error) {
	old, err := s.ownKey(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := caller(ctx).grants(old.Scopes); err != nil {
		return nil, err
	}
	text, fresh := NewKey(store.APIKey{
		ID: minted(ctx), Merchant: old.Merchant, Apps: old.Apps, Scopes: old.Scopes, Mode: old.Mode,
		Label: old.Label,
	})
	until := s.Clock().Add(time.Duration(min(in.Body.Overlap, maxOverlap)) * time.Second)
	made, err := s.rows(ctx).RotateAPIKey(ctx, old.ID, fresh, until)
	if err != nil {
		return nil, err
	}
	return shownOnce(made, text), nil
}

// revokeAPIKey ends a key, also the caller's own.
func (s *Server) revokeAPIKey(ctx context.Context, in *RequestPath) (*keyOut, error) {
	key, err := s.ownKey(ctx, in.ID)
	if err == nil {
		err = s.Store.RevokeAPIKey(ctx, key.ID)
	}
	if err == nil {
		key, err = s.Store.APIKey(ctx, key.ID)
	}
	if err != nil {
		return nil, err
	}
	return &keyOut{Body: viewKey(key)}, nil
}

// ownKey reads a key that the caller may see; another's is not found.
func (s *Server) ownKey(ctx context.Context, id string) (store.APIKey, error) {
	key, err := s.rows(ctx).APIKey(ctx, id)
	if err == nil && !caller(ctx).holds(key) {
		err = unseen("unknown_key")
	}
	return key, err
}

// holds says that a key opens nothing that the caller's own does not.
func (p Principal) holds(key store.APIKey) bool {
	return key.Merchant == p.Merchant && key.Mode == p.Mode &&
		!slices.ContainsFunc(key.Apps, func(app string) bool { return !slices.Contains(p.Apps, app) })
}

// grants refuses scopes that there are not, and those that the caller's own key has not.
func (p Principal) grants(scopes []string) error {
	for _, scope := range scopes {
		if !slices.Contains(Scopes, scope) {
			return &models.Error{
				Code: models.Invalid, Reason: "unknown_scope", Field: "scopes", Message: "There is no such scope.",
			}
		}
		if !p.may(scope) {
			return insufficientScope(scope)
		}
	}
	return nil
}

// NewKey draws a key: its text, for one answer, and its row.
func NewKey(row store.APIKey) (text string, made store.APIKey) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the process instead
	head := keyPrefix + row.Mode + "_"
	text = head + base64.RawURLEncoding.EncodeToString(random)
	hash := sha256.Sum256([]byte(text))
	row.Hash, row.Prefix, row.LastFour = hash[:], text[:len(head)+4], text[len(text)-4:]
	return text, row
}

func shownOnce(key store.APIKey, text string) *keyOut {
	out := &keyOut{Body: viewKey(key)}
	out.Body.Key = text
	return out
}

func viewKey(key store.APIKey) KeyView {
	return KeyView{
		ID: key.ID, Label: key.Label, Prefix: key.Prefix, LastFour: key.LastFour, Mode: key.Mode,
		Apps: append([]string{}, key.Apps...), Scopes: append([]string{}, key.Scopes...),
		Created: key.CreatedAt.UTC(), Expires: timeIfAny(key.ExpiresAt), Revoked: timeIfAny(key.RevokedAt),
		LastUsed: timeIfAny(key.LastUsedAt),
	}
}
