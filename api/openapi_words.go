package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// vocabulary lists what each closed set of words may say, by its type.
var vocabulary = map[reflect.Type][]any{
	reflect.TypeFor[models.State]():        anyOf(models.States),
	reflect.TypeFor[models.AttemptState](): anyOf(models.AttemptStates),
	reflect.TypeFor[models.Disposition]():  anyOf(models.Dispositions),
	reflect.TypeFor[models.RefundState]():  anyOf(models.RefundStates),
	reflect.TypeFor[models.Code]():         anyOf(models.Codes),
	reflect.TypeFor[store.InviteState]():   anyOf(store.InviteStates),
}

func anyOf[T ~string](words []T) []any {
	list := make([]any, len(words))
	for i, word := range words {
		list[i] = string(word)
	}
	return list
}

// oneOf stands in the description for a string type with a closed vocabulary: the
// types themselves belong to packages that know nothing of OpenAPI.
type oneOf[T ~string] string

// Schema is how huma asks a type to describe itself.
func (oneOf[T]) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Enum: vocabulary[reflect.TypeFor[T]()]}
}

// describeWords makes every member of these types an enum, wherever it stands.
func describeWords(registry huma.Registry) {
	describe[models.State](registry)
	describe[models.AttemptState](registry)
	describe[models.Disposition](registry)
	describe[models.RefundState](registry)
	describe[models.Code](registry)
	describe[store.InviteState](registry)
}

func describe[T ~string](registry huma.Registry) {
	registry.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[oneOf[T]]())
}
