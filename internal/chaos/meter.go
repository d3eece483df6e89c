package chaos

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// meter measures, every few seconds, what would grow if something leaked.
type meter struct {
	*town
	began   time.Time
	samples map[string][]sample
}

type sample struct{ seconds, value float64 }

const meterTick = 5 * time.Second

func (t *town) newMeter() *meter {
	return &meter{town: t, began: time.Now(), samples: map[string][]sample{}}
}

func (m *meter) watch(ctx context.Context) {
	for pause(ctx, meterTick) {
		m.look(ctx)
	}
}

func (m *meter) look(ctx context.Context) {
	for _, role := range []string{roleAPI, roleWorker} {
		memory := 0.0
		for _, member := range m.fleet.of(role, "") {
			if child := member.current(); child != nil {
				memory += resident(child.Pid())
			}
		}
		m.add(role+"_mib", memory)
	}
	goroutines := 0.0
	for _, backend := range m.front.backends {
		goroutines += gauge(ctx, "http://"+backend+"/metrics", "go_goroutines")
	}
	m.add("api_goroutines", goroutines)
	found, err := rows[struct{ N int64 }](ctx, m.town,
		"SELECT count(*) FROM pg_stat_activity WHERE datname = 'friendpay'")
	if err == nil {
		m.add("connections", float64(found[0].N))
	}
}

func (m *meter) add(name string, value float64) {
	m.samples[name] = append(m.samples[name], sample{time.Since(m.began).Seconds(), value})
}

// report tells the level and the slope of each, a minute, over the second half: the first one warms up.
func (m *meter) report(to *Report) {
	for name, all := range m.samples {
		late := all[len(all)/2:]
		mean, slope := line(late)
		to.line(map[string]any{
			"measure": name, "samples": len(late), "mean": mean, "slope_per_minute": slope * 60,
		})
	}
}

// line is the mean of the samples and the slope of the line that fits them best.
func line(samples []sample) (mean, slope float64) {
	n := float64(len(samples))
	if n == 0 {
		return 0, 0
	}
	var x, y, xx, xy float64
	for _, s := range samples {
		x, y, xx, xy = x+s.seconds, y+s.value, xx+s.seconds*s.seconds, xy+s.seconds*s.value
	}
	if spread := n*xx - x*x; spread > 0 {
		slope = (n*xy - x*y) / spread
	}
	return y / n, slope
}

// resident is the memory of a process in MiB, 0 when it is gone.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(fields[1], 64) // the kernel writes numbers
	return pages * float64(os.Getpagesize()) / (1 << 20)
}

// gauge reads one number from a page of metrics, 0 when nobody answers.
func gauge(ctx context.Context, address, name string) float64 {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0
	}
	answer, err := wire.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			number, _ := strconv.ParseFloat(value, 64) // Prometheus writes numbers
			return number
		}
	}
	return 0
}
