package store

import (
	"context"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Hit is one thing that was looked for. Its label shows people's data masked.
type Hit struct {
	Kind    string    `json:"kind"` // request, order, attempt, refund, invite, payer, callback, message, case …
	ID      string    `json:"id"`
	Request string    `json:"request"` // empty for what belongs to none
	Label   string    `json:"label"`   // "A1 settled 12900 CNY"
	At      time.Time `json:"at"`
}

const (
	searchLimit = 20
	maxSearch   = 100
	shortWords  = 3
	longWords   = 300
)

// What people's words may be, by their shape.
var (
	isID     = regexp.MustCompile(`^[a-z]{3}_[0-9A-Za-z_-]{1,60}$`)
	isHex    = regexp.MustCompile(`^[0-9a-f]{8,64}$`)
	isNumber = regexp.MustCompile(`^[0-9A-Z]{26}$`)
	isPhone  = regexp.MustCompile(`^\+?[0-9]{8,15}$`)
)

// Search finds what somebody means by a few words: an id, a number of ours, of the merchant or of the
// provider, a phone, or a link's fingerprint. It keeps none of them. A link and a share code are to be
// turned into their fingerprints first, see token.Links. Newest first, at most limit (1 to 100, 20 when
// 0). Invalid "words_short" and "words_long" refuse words that no index could find.
func (s *Store) Search(ctx context.Context, words string, limit int) ([]Hit, error) {
	words = strings.TrimSpace(words)
	switch {
	case len(words) < shortWords:
		return nil, unfit("words_short", "These are too few letters to search for.", "Give at least 3.")
	case len(words) > longWords:
		return nil, unfit("words_long", "These are too many letters to search for.", "Give at most 300.")
	}
	if limit <= 0 {
		limit = searchLimit
	}
	about := map[string]any{"words": words, "limit": min(limit, maxSearch)}
	parts := s.searchParts(words, about)
	kept, err := s.foundTables(ctx)
	if err != nil {
		return nil, failed("search", err)
	}
	for _, part := range searchLater {
		if kept[part.table] && strings.HasPrefix(words, part.prefix+"_") {
			parts = append(parts, part.sql)
		}
	}
	hits := []Hit{}
	query := "SELECT * FROM (" + searchHead + " UNION ALL (" + strings.Join(parts, ") UNION ALL (") +
		")) hits ORDER BY at DESC, kind, id LIMIT @limit"
	return hits, failed("search", s.read(ctx, &hits, query, about))
}

// searchParts are the queries that may find the words, by their shape.
func (s *Store) searchParts(words string, about map[string]any) []string {
	parts := append([]string{}, searchNames...)
	if isID.MatchString(words) {
		parts = append(parts, searchIDs...)
	}
	if isNumber.MatchString(words) {
		parts = append(parts, searchNumbers...)
	}
	if hash := strings.ToLower(words); isHex.MatchString(hash) {
		about["from"], about["to"] = hexRange(hash)
		parts = append(parts, searchFingerprints...)
	}
	if phone := phoneOf(words); phone != "" {
		about["phone"] = s.phoneIndex(phone)
		parts = append(parts, searchPhones...)
	}
	return parts
}

// hexRange are the first and the last hash that begin with these hex digits.
func hexRange(digits string) (from, to []byte) {
	fill := func(with string) []byte {
		raw, _ := hex.DecodeString(digits + strings.Repeat(with, 64-len(digits))) // 64 digits of hex
		return raw
	}
	return fill("0"), fill("f")
}

// phoneOf is a phone as it is stored, without what people write between its digits; "" for no phone.
func phoneOf(words string) string {
	phone := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(words)
	if !isPhone.MatchString(phone) {
		return ""
	}
	return phone
}

func unfit(reason, message, fix string) error {
	return &models.Error{Code: models.Invalid, Reason: reason, Field: "q", Message: message, Fix: fix}
}

// foundTables are those of later parts that this schema has.
func (s *Store) foundTables(ctx context.Context) (map[string]bool, error) {
	var names, kept []string
	for _, part := range searchLater {
		names = append(names, part.table)
	}
	err := s.read(ctx, &kept, "SELECT t FROM unnest(CAST(? AS text[])) t WHERE to_regclass(t) IS NOT NULL",
		textArray(append([]string{}, names...)))
	known := map[string]bool{}
	for _, table := range kept {
		known[table] = true
	}
	return known, err
}
