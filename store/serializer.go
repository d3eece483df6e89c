package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"gorm.io/gorm/schema"
)

// GORM knows serializers by name, for the whole process.
func init() {
	schema.RegisterSerializer("moment", moment{})
	schema.RegisterSerializer("list", list{})
}

// moment stores the zero time as NULL, so that "never" is one thing in Go and
// one in SQL.
type moment struct{}

func (moment) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	at, ok := value.(time.Time)
	if !ok {
		return nil, fmt.Errorf("%T is no time", value)
	}
	if at.IsZero() {
		return nil, nil
	}
	return at, nil
}

func (moment) Scan(ctx context.Context, field *schema.Field, into reflect.Value, stored any) error {
	at, ok := stored.(time.Time)
	if stored != nil && !ok {
		return fmt.Errorf("%T is no time", stored)
	}
	return field.Set(ctx, into, at)
}

// list stores a slice as JSON, an absent one as the empty list.
type list struct{ schema.JSONSerializer }

func (list) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	encoded, err := json.Marshal(value)
	if string(encoded) == "null" {
		return "[]", err
	}
	return string(encoded), err
}
