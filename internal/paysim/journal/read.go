package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds one line of the file; a snapshot is about one kilobyte.
const maxLine = 1 << 20

// Filter picks entries. Empty fields match all; After is a sequence number.
type Filter struct {
	After    int64
	Provider string
	Account  string
	Number   string // matches the refund's number too
	Kind     string
	Limit    int // 0: all
}

// Page is a part of the journal. Next is what to pass as After; More says that
// entries behind it matched.
type Page struct {
	Entries []Entry `json:"entries"`
	Next    int64   `json:"next"`
	More    bool    `json:"more"`
}

// Read returns the matching entries in order.
func (j *Journal) Read(filter Filter) Page {
	j.mu.Lock()
	defer j.mu.Unlock()
	page := Page{Entries: []Entry{}, Next: max(filter.After, 0)}
	for _, entry := range j.entries[min(page.Next, int64(len(j.entries))):] {
		if !filter.matches(entry) {
			continue
		}
		if filter.Limit > 0 && len(page.Entries) == filter.Limit {
			page.More = true
			return page
		}
		page.Entries = append(page.Entries, entry)
		page.Next = entry.Seq
	}
	return page
}

func (f Filter) matches(entry Entry) bool {
	return (f.Provider == "" || f.Provider == entry.Provider) &&
		(f.Account == "" || f.Account == entry.Account) &&
		(f.Kind == "" || f.Kind == entry.Kind) &&
		(f.Number == "" || f.Number == entry.Number || f.Number == entry.Refund)
}

// Reset forgets everything, the file's content included.
func (j *Journal) Reset() error {
	j.file.Lock()
	defer j.file.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.pending, j.durable = nil, nil, 0
	if j.out == nil {
		return nil
	}
	return j.cut(0)
}

// load reads the file from its start and leaves it positioned behind the last
// whole line.
func (j *Journal) load(restore func(Entry) error) error {
	in := bufio.NewReaderSize(j.out, maxLine)
	var good int64
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			break // what is left has no newline: cut short by a crash
		}
		if err != nil {
			return fmt.Errorf("journal line %d: %w", len(j.entries)+1, err)
		}
		if err := j.accept(bytes.TrimSpace(line), restore); err != nil {
			return err
		}
		good += int64(len(line))
	}
	j.durable = int64(len(j.entries))
	return j.cut(good)
}

func (j *Journal) accept(line []byte, restore func(Entry) error) error {
	var entry Entry
	if err := json.Unmarshal(line, &entry); err != nil {
		return fmt.Errorf("journal line %d: %w", len(j.entries)+1, err)
	}
	if entry.Seq != int64(len(j.entries))+1 {
		return fmt.Errorf("journal line %d carries number %d", len(j.entries)+1, entry.Seq)
	}
	if err := restore(entry); err != nil {
		return fmt.Errorf("journal line %d: %w", entry.Seq, err)
	}
	entry.Record = nil
	j.entries = append(j.entries, entry)
	return nil
}

func (j *Journal) cut(size int64) error {
	if err := j.out.Truncate(size); err != nil {
		return fmt.Errorf("cut the journal: %w", err)
	}
	if _, err := j.out.Seek(size, io.SeekStart); err != nil {
		return fmt.Errorf("cut the journal: %w", err)
	}
	return nil
}
