package console

import (
	"bytes"
	"encoding/json"
	"net/url"
	"time"

	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

func (k *Console) deliveryRow(d store.Delivery) console.DeliveryRow {
	row := console.DeliveryRow{
		ID: d.ID, App: d.App, Endpoint: d.Endpoint, Event: d.Type, Request: d.Request, State: string(d.State),
		Tries: d.Tries, Status: d.Status, At: d.CreatedAt,
	}
	if !d.NextTryAt.IsZero() && d.DoneAt.IsZero() {
		row.NextIn = d.NextTryAt.Sub(k.Clock())
	}
	return row
}

func deliveryView(row console.DeliveryRow, found store.Delivery, tries []store.DeliveryTry) console.Delivery {
	view := console.Delivery{DeliveryRow: row, URL: bare(found.URL)}
	for _, try := range tries {
		view.Log = append(view.Log, console.Try{
			Number: try.Number, At: try.At, Status: try.Status, Took: time.Duration(try.TookMS) * time.Millisecond,
			Problem: try.Error, Request: indented(found.Payload), Body: try.Answer,
		})
	}
	return view
}

// bare is an address without what merchants hide in one: a password, a key in the query.
func bare(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parsed.User, parsed.RawQuery, parsed.Fragment = nil, "", ""
	return parsed.String()
}

func indented(payload []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, payload, "", "  ") != nil {
		return ""
	}
	return out.String()
}
