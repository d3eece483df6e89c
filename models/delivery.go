package models

// DeliveryRun names what one run is to deliver. A replay is a new round with a run of its own.
type DeliveryRun struct {
	Delivery string // dlv_…
	Round    int    // from 1
}
