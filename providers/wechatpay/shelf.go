package wechatpay

import (
	"crypto/sha256"
	"maps"
	"strings"
	"sync"
	"time"
)

// unused is how long certificates are kept for an account that nobody opens.
const unused = 24 * time.Hour

// shelf keeps certificates by account: adapters are opened anew every now and
// then, and WeChat Pay limits downloads.
var shelf = shelves{of: map[[sha256.Size]byte]*certificates{}, tokens: map[[sha256.Size]byte]*apiToken{}}

type shelves struct {
	mu     sync.Mutex
	of     map[[sha256.Size]byte]*certificates
	tokens map[[sha256.Size]byte]*apiToken
}

// fingerprint tells settings apart without keeping them.
func fingerprint(settings ...string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(settings, "\n")))
}

func (s *shelves) certificates(a *Adapter) *certificates {
	key := fingerprint(a.base.String(), a.MchID, a.SerialNo, a.PrivateKey, a.APIv3Key, a.PreviousAPIv3Key)
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.of, func(_ [sha256.Size]byte, c *certificates) bool { return c.idle() > unused })
	if s.of[key] == nil {
		s.of[key] = &certificates{turn: make(chan struct{}, 1), clock: time.Now}
	}
	s.of[key].source(a.downloadCertificates)
	return s.of[key]
}
