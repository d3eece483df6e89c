package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/models"
)

// Channel is what a payer picks, as one app offers it.
type Channel struct {
	ID              string       `gorm:"primaryKey" json:"id"` // "wechat", "alipay", "mockpay" …
	App             string       `gorm:"column:app_id;primaryKey" json:"app_id"`
	Provider        string       `json:"provider"`
	Account         string       `gorm:"column:account_id" json:"account_id"`
	Product         string       `json:"product"`
	NameZH          string       `gorm:"column:name_zh" json:"name_zh"`
	NameEN          string       `gorm:"column:name_en" json:"name_en"`
	Kind            string       `json:"kind"`  // one of policy.ChannelKinds
	Brand           string       `json:"brand"` // what the payer sees at the till; empty: the channel's name
	Position        int          `json:"position"`
	Min             models.Money `gorm:"embedded;embeddedPrefix:min_" json:"-"`
	Max             models.Money `gorm:"embedded;embeddedPrefix:max_" json:"-"`
	MinCloseSeconds int64        `json:"min_close_seconds"` // the provider refuses to close sooner
	Surfaces        []string     `gorm:"serializer:list" json:"surfaces"`
	// Funding is where the money may come from, in the provider's own words; empty: anywhere.
	Funding []string `gorm:"serializer:list" json:"funding"`
	Enabled bool     `json:"enabled"`
}

// Channels lists an app's channels in their order, disabled ones too.
func (s *Store) Channels(ctx context.Context, app string) ([]Channel, error) {
	channels, err := gorm.G[Channel](s.db).Where("app_id = ?", app).Order("position, id").Find(ctx)
	return channels, failed("list channels", err)
}
