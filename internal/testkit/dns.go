package testkit

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
)

// The kinds of DNS questions that a dialler asks.
const (
	askIPv4 = 1
	askIPv6 = 28
)

// DNS resolves every name to the next of the answers each time that it is looked up, and to the
// last from then on: a name that means one thing to a checker and another to a caller.
func DNS(answers ...string) *net.Resolver {
	steps := &stepping{asked: map[uint16]int{}}
	for _, answer := range answers {
		steps.answers = append(steps.answers, netip.MustParseAddr(answer))
	}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go steps.serve(theirs)
		return ours, nil
	}}
}

// stepping counts the look-ups of each kind apart: a dialler asks for both at once.
type stepping struct {
	mu      sync.Mutex
	asked   map[uint16]int
	answers []netip.Addr
}

func (s *stepping) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }() // whoever asks has his answer, or does without
	length := make([]byte, 2)
	if _, err := io.ReadFull(conn, length); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(length))
	if _, err := io.ReadFull(conn, question); err != nil {
		return
	}
	kind := binary.BigEndian.Uint16(question[12+bytes.IndexByte(question[12:], 0)+1:])
	_, _ = conn.Write(reply(question, kind, s.next(kind)))
}

// next is the address of that kind, nil when the answer's turn is another kind's.
func (s *stepping) next(kind uint16) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.answers[min(s.asked[kind], len(s.answers)-1)]
	s.asked[kind]++
	if answer.Is4() == (kind == askIPv4) && (kind == askIPv4 || kind == askIPv6) {
		return answer.AsSlice()
	}
	return nil
}

// reply is a DNS message over TCP: the question again, and an address or none.
func reply(question []byte, kind uint16, address []byte) []byte {
	end := 12 + bytes.IndexByte(question[12:], 0) + 5
	message := append([]byte{}, question[:end]...)
	message[2], message[3] = 0x81, 0x80
	for i := 6; i < 12; i++ {
		message[i] = 0
	}
	if address != nil {
		message[7] = 1
		message = binary.BigEndian.AppendUint16(append(message, 0xc0, 12), kind)
		message = append(message, 0, 1, 0, 0, 0, 0, 0, byte(len(address))) //nolint:gosec // 4 or 16
		message = append(message, address...)
	}
	length := uint16(len(message)) //nolint:gosec // a name and an address are short
	return append(binary.BigEndian.AppendUint16(nil, length), message...)
}
