package wechatpay

import (
	"sync"
	"time"
)

// rate counts each merchant's queries, second by second.
type rate struct {
	mu     sync.Mutex
	limit  int // per second and merchant; below 0: none
	second int64
	counts map[string]int
}

// admit says whether one more query is within the limit.
func (r *rate) admit(merchant string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Unix() != r.second {
		r.second, r.counts = now.Unix(), map[string]int{}
	}
	r.counts[merchant]++
	return r.limit < 0 || r.counts[merchant] <= r.limit
}

func (r *rate) set(limit int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limit = limit
}
