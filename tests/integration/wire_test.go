package integration

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire counts what a client asks PostgreSQL, on the wire itself, where no driver can hide a round trip.
type wire struct {
	trips    atomic.Int64 // questions that the server is waited for
	prepares atomic.Int64 // of them: preparing a statement, once per connection
	pings    atomic.Int64 // of them: whether a connection that rested for a second still lives
}

// statements are the round trips that carried a statement.
func (w *wire) statements() int64 { return w.trips.Load() - w.prepares.Load() - w.pings.Load() }

// tap stands before a database and returns the address that leads through it.
func (w *wire) tap(t *testing.T, dsn string) string {
	t.Helper()
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	server := address.Host
	door, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = door.Close() })
	go func() {
		for {
			client, err := door.Accept()
			if err != nil {
				return
			}
			go w.carry(client, server)
		}
	}()
	address.Host = door.Addr().String()
	return address.String()
}

func (w *wire) carry(client net.Conn, address string) {
	defer func() { _ = client.Close() }() // either side may have hung up
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	_ = w.listen(io.TeeReader(client, server))
	_ = server.Close()
}

const sslRequest = 80877103

// listen reads the client's side: messages without a kind until the connection begins, then kind by kind.
func (w *wire) listen(from io.Reader) error {
	for {
		body, err := message(from)
		if err != nil || len(body) < 4 {
			return errors.Join(err, io.ErrUnexpectedEOF)
		}
		if binary.BigEndian.Uint32(body) != sslRequest {
			break
		}
	}
	for kind := make([]byte, 1); ; {
		if _, err := io.ReadFull(from, kind); err != nil {
			return err
		}
		body, err := message(from)
		if err != nil {
			return err
		}
		w.note(kind[0], body)
	}
}

func (w *wire) note(kind byte, body []byte) {
	switch {
	case kind == 'S':
		w.trips.Add(1)
	case kind == 'P' && len(body) > 0 && body[0] != 0: // a statement that gets a name
		w.prepares.Add(1)
	case kind == 'Q':
		w.trips.Add(1)
		if bytes.HasPrefix(body, []byte("-- ping")) {
			w.pings.Add(1)
		}
	}
}

// message reads a length, which counts itself, and what it announces.
func message(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(length[:])
	if size < 4 || size > 1<<26 {
		return nil, io.ErrUnexpectedEOF
	}
	body := make([]byte, size-4)
	_, err := io.ReadFull(from, body)
	return body, err
}
