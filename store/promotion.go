package store

import "time"

// Promotion is an offer's row; policy.Promotion says what its columns mean. Amounts are in
// minor units of Currency.
type Promotion struct {
	ID          string `gorm:"primaryKey"`
	App         string `gorm:"column:app_id;primaryKey"`
	Channel     string
	NameZH      string `gorm:"column:name_zh"`
	NameEN      string `gorm:"column:name_en"`
	Sponsor     string
	FixedMinor  int64
	BasisPoints int64
	CapMinor    int64
	LeastMinor  int64
	BudgetMinor int64
	Currency    string
	StackGroup  string
	Exclusive   bool
	Position    int
	Since       time.Time
	Until       time.Time
	Enabled     bool
}
