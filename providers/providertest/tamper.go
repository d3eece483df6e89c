package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// ordinary are headers that any client sends; a signature does not cover them.
var ordinary = []string{
	"Content-Type", "Content-Length", "User-Agent", "Accept-Encoding", "Accept", "Connection",
}

// own lists the headers that belong to the provider's protocol, in order.
func own(header http.Header) []string {
	var names []string
	for name := range header {
		if !slices.Contains(ordinary, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// noticeTampered changes each byte of the body and of each of the provider's
// own headers, one at a time.
func noticeTampered(ctx context.Context, b *Bench) error {
	_, genuine, err := b.told(ctx)
	if err != nil {
		return err
	}
	for i := range genuine.Body {
		d := Delivery{genuine.Header, bytes.Clone(genuine.Body)}
		d.Body[i] ^= 1
		if err := b.refused(d); err != nil {
			return fmt.Errorf("byte %d of the body: %w", i, err)
		}
	}
	for _, name := range own(genuine.Header) {
		value := genuine.Header.Get(name)
		for i := range value {
			d := Delivery{genuine.Header.Clone(), genuine.Body}
			changed := []byte(value)
			changed[i] ^= 1
			d.Header.Set(name, string(changed))
			if err := b.refused(d); err != nil {
				return fmt.Errorf("byte %d of %s: %w", i, name, err)
			}
		}
	}
	return nil
}

// Genuine is a callback as a provider really sends it, for fuzzing.
func Genuine(ctx context.Context, subject Subject) (Delivery, error) {
	inbox := newInbox(subject.Adapter)
	defer inbox.close()
	b := &Bench{Subject: subject, Inbox: inbox}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, delivery, err := b.told(ctx)
	return delivery, err
}

// FuzzNotice mutates a genuine callback: its body, and one of the provider's own
// headers. Only what is byte for byte as it was signed may be believed; without such
// headers the body is a form, and counts by what it says.
func FuzzNotice(f *testing.F, adapter providers.Adapter, genuine Delivery) {
	names := own(genuine.Header)
	for i, name := range append(names, "") {
		f.Add(genuine.Body, i, genuine.Header.Get(name))
		f.Add(genuine.Body, i, "")
		f.Add(genuine.Body[:len(genuine.Body)-1], i, genuine.Header.Get(name))
		f.Add(append(bytes.Clone(genuine.Body), '\n'), i, genuine.Header.Get(name)+" ")
	}
	f.Add([]byte(nil), 0, "")
	f.Add([]byte("{}"), 0, "evt_0")
	now := time.Now()
	f.Fuzz(func(t *testing.T, body []byte, which int, value string) {
		header, same := genuine.Header.Clone(), sameForm(body, genuine.Body)
		if len(names) > 0 {
			name := names[uint(which)%uint(len(names))]
			header.Set(name, value)
			same = bytes.Equal(body, genuine.Body) && value == genuine.Header.Get(name)
		}
		notice, err := adapter.ParseNotice(header, body, now)
		if same != (err == nil) {
			t.Fatalf("believed: %v, although identical to what was signed: %v", err == nil, same)
		}
		if err != nil && notice != (providers.Notice{}) {
			t.Fatal(errors.Join(errBelieved, err))
		}
	})
}

// sameForm says whether two bodies say the same, however they spell it.
func sameForm(a, b []byte) bool {
	one, err := url.ParseQuery(string(a))
	if err != nil {
		return false
	}
	other, err := url.ParseQuery(string(b))
	return err == nil && reflect.DeepEqual(one, other)
}
