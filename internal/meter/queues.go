package meter

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/friendpay/friendpay/store"
)

// countPatience bounds the count: a database in trouble must not hold up the rest of the page.
const countPatience = 2 * time.Second

// queues counts what waits, whenever somebody collects.
type queues struct {
	count                   func(context.Context) ([]store.Waiting, error)
	readable, size, seconds *prometheus.Desc
}

func newQueues(count func(context.Context) ([]store.Waiting, error)) *queues {
	labels := []string{"queue", "kind"}
	return &queues{count: count,
		readable: prometheus.NewDesc("friendpay_database_readable",
			"1 when what waits could be counted; without it the two below are missing.", nil, nil),
		size: prometheus.NewDesc("friendpay_waiting",
			"What waits in the database, the same from every process: inbox, outbox, webhooks, refunds, cases …",
			labels, nil),
		seconds: prometheus.NewDesc("friendpay_waiting_oldest_seconds", "Age of the oldest of it.", labels, nil),
	}
}

// Describe is Prometheus'.
func (q *queues) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- q.readable
	descriptions <- q.size
	descriptions <- q.seconds
}

// Collect is Prometheus'.
func (q *queues) Collect(values chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countPatience)
	defer cancel()
	waiting, err := q.count(ctx)
	if err != nil {
		values <- prometheus.MustNewConstMetric(q.readable, prometheus.GaugeValue, 0)
		return
	}
	values <- prometheus.MustNewConstMetric(q.readable, prometheus.GaugeValue, 1)
	for _, w := range waiting {
		values <- prometheus.MustNewConstMetric(q.size, prometheus.GaugeValue, float64(w.Count), w.Queue, w.Kind)
		values <- prometheus.MustNewConstMetric(q.seconds, prometheus.GaugeValue, w.Seconds, w.Queue, w.Kind)
	}
}
