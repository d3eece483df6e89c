// Package journal keeps what really happened at the simulated providers: the
// ground truth that demos, chaos runs and tests compare the engine with.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Entry is one effect or call. Seq starts at 1 and has no holes. Minor is in
// minor units of Currency. Record is the provider's own snapshot, kept in the
// file only: it may hold capabilities and is never shown.
type Entry struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Provider string          `json:"provider"`
	Kind     string          `json:"kind"`
	Account  string          `json:"account,omitempty"`
	Number   string          `json:"number,omitempty"`
	Refund   string          `json:"refund,omitempty"`
	Minor    int64           `json:"minor,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Event    string          `json:"event,omitempty"`
	Attempt  int             `json:"attempt,omitempty"`
	Status   int             `json:"status,omitempty"` // what the receiver of a callback answered
	Note     string          `json:"note,omitempty"`
	Record   json.RawMessage `json:"record,omitempty"`
}

// Options of a journal. Without Dir nothing is written to disk.
type Options struct {
	Dir string // journal.jsonl lives here
	Cap int    // entries kept; a full journal refuses work rather than forget
	Now func() time.Time
}

// Journal is append-only. Record orders, Flush makes durable: several callers
// share one fsync, so that the simulator is not the slow part of a benchmark.
type Journal struct {
	options Options

	mu      sync.Mutex
	entries []Entry
	pending []byte // lines not yet in the file
	broken  error

	file    sync.Mutex // held while writing; taken before mu
	out     *os.File
	durable int64
}

// Open reads what an earlier run left in Dir, hands each entry to restore, and
// goes on behind it. A last line cut short by a crash is dropped: nobody was
// answered before it was durable.
func Open(options Options, restore func(Entry) error) (*Journal, error) {
	if options.Cap <= 0 || options.Now == nil {
		return nil, errors.New("the journal needs a cap and a clock")
	}
	j := &Journal{options: options}
	if options.Dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(options.Dir, "journal.jsonl"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal file: %w", err)
	}
	j.out = file
	if err := j.load(restore); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// Record appends an entry, giving it its number and time. It is durable after
// the next Flush and must not be answered before.
func (j *Journal) Record(entry Entry) Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	entry.Seq = int64(len(j.entries)) + 1
	entry.At = j.options.Now().UTC()
	if j.out != nil {
		line, err := json.Marshal(entry)
		if err != nil {
			j.broken = errors.Join(j.broken, fmt.Errorf("journal entry %d: %w", entry.Seq, err))
		}
		j.pending = append(append(j.pending, line...), '\n')
	}
	entry.Record = nil
	j.entries = append(j.entries, entry)
	return entry
}

// Flush returns when everything recorded before the call is on disk. Once a
// write failed every later Flush fails too: the truth must not have holes.
func (j *Journal) Flush() error {
	if j.out == nil {
		return nil
	}
	j.mu.Lock()
	last := int64(len(j.entries))
	j.mu.Unlock()

	j.file.Lock()
	defer j.file.Unlock()
	if j.durable >= last {
		return j.failure(nil)
	}
	j.mu.Lock()
	lines, upTo := j.pending, int64(len(j.entries))
	j.pending = nil
	j.mu.Unlock()
	if _, err := j.out.Write(lines); err != nil {
		return j.failure(err)
	}
	if err := j.out.Sync(); err != nil {
		return j.failure(err)
	}
	j.durable = upTo
	return j.failure(nil)
}

func (j *Journal) failure(err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.broken = errors.Join(j.broken, fmt.Errorf("journal: %w", err))
	}
	return j.broken
}

// Durable says whether entries go to a file, so that Record is worth filling.
func (j *Journal) Durable() bool { return j.out != nil }

// Full says that no new work may begin. What is already under way may still be
// recorded, so that a capture always has its callbacks.
func (j *Journal) Full() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.entries) >= j.options.Cap
}

// Close flushes and closes the file.
func (j *Journal) Close() error {
	if j.out == nil {
		return nil
	}
	return errors.Join(j.Flush(), j.out.Close())
}
