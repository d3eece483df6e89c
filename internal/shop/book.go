package shop

import (
	"slices"
	"sync"

	"github.com/friendpay/friendpay/client"
)

// How much the shop remembers; the oldest is forgotten.
const (
	maxRemembered = 1000
	maxStreams    = 100
)

// book is what the merchant wrote down: which webhooks he has acted on, how each request stood by the newest
// of them, where his buyer goes on to pay, and who wants to hear of it.
type book struct {
	mu      sync.Mutex
	taken   *memory[bool]                // webhooks by id
	newest  *memory[client.NoticeData]   // by request
	ways    *memory[client.Presentation] // of the buyer's own attempts, by request
	streams map[chan client.NoticeData]string
	closed  chan struct{}
	ended   bool
}

func newBook() *book {
	return &book{
		taken: newMemory[bool](), newest: newMemory[client.NoticeData](),
		ways: newMemory[client.Presentation](), streams: map[chan client.NoticeData]string{},
		closed: make(chan struct{}),
	}
}

// take writes a webhook down, once: it may come again, and later than a younger one.
func (b *book) take(id string, told client.NoticeData) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, before := b.taken.get(id); before {
		return
	}
	b.taken.put(id, true)
	if known, _ := b.newest.get(told.Request); known.Seq >= told.Seq {
		return
	}
	b.newest.put(told.Request, told)
	for stream, request := range b.streams {
		if request == told.Request {
			tell(stream, told)
		}
	}
}

// tell leaves the newest for a reader who has not come for the one before.
func tell(stream chan client.NoticeData, told client.NoticeData) {
	select {
	case <-stream:
	default:
	}
	stream <- told
}

// follow gives a request's news from now on; leave ends it. There are at most maxStreams.
func (b *book) follow(request string) (news <-chan client.NoticeData, leave func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended || len(b.streams) >= maxStreams {
		return nil, nil, false
	}
	stream := make(chan client.NoticeData, 1)
	b.streams[stream] = request
	return stream, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.streams, stream)
	}, true
}

func (b *book) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.ended = true
		close(b.closed)
	}
}

// leads remembers where the buyer goes on to pay a request.
func (b *book) leads(request string, way client.Presentation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ways.put(request, way)
}

// way is where he goes on; nil: the shop does not know.
func (b *book) way(request string) *client.Presentation {
	b.mu.Lock()
	defer b.mu.Unlock()
	if way, known := b.ways.get(request); known {
		return &way
	}
	return nil
}

// memory keeps the values of the keys put last.
type memory[T any] struct {
	values map[string]T
	order  []string
}

func newMemory[T any]() *memory[T] { return &memory[T]{values: map[string]T{}} }

func (m *memory[T]) get(key string) (T, bool) {
	value, known := m.values[key]
	return value, known
}

func (m *memory[T]) put(key string, value T) {
	if _, known := m.values[key]; !known {
		m.order = append(m.order, key)
	}
	m.values[key] = value
	if len(m.order) > maxRemembered {
		delete(m.values, m.order[0])
		m.order = slices.Delete(m.order, 0, 1)
	}
}
