package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docsField is one line of a table: a parameter, or a member of a body.
type docsField struct {
	Name, Type, Doc string
	Required        bool
	Depth           int
}

// deepest bounds how far members are shown within members.
const deepest = 4

func fields(spec *huma.OpenAPI, content map[string]*huma.MediaType) []docsField {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		if schema := content[kind].Schema; schema != nil {
			return members(spec.Components.Schemas, schema, 0)
		}
	}
	return nil
}

// members lists a schema's members, those of its members indented below them.
func members(registry huma.Registry, schema *huma.Schema, depth int) []docsField {
	schema = resolved(registry, schema)
	if schema.Type == huma.TypeArray {
		schema = resolved(registry, schema.Items)
	}
	if depth > deepest {
		return nil
	}
	var list []docsField
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		member := schema.Properties[name]
		list = append(list, docsField{
			Name: name, Type: typeName(registry, member), Doc: member.Description, Depth: depth,
			Required: slices.Contains(schema.Required, name),
		})
		list = append(list, members(registry, member, depth+1)...)
	}
	return list
}

func resolved(registry huma.Registry, schema *huma.Schema) *huma.Schema {
	if schema.Ref != "" {
		return registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

func typeName(registry huma.Registry, schema *huma.Schema) string {
	schema = resolved(registry, schema)
	switch {
	case schema.Type == huma.TypeArray:
		return "list of " + typeName(registry, schema.Items)
	case len(schema.Enum) > 0:
		return "one of " + strings.Trim(fmt.Sprint(schema.Enum), "[]")
	case schema.Format != "" && bounds(schema) == "":
		return schema.Type + ", " + schema.Format
	default:
		return schema.Type + bounds(schema)
	}
}

// bounds says how long a text and how large a number may be.
func bounds(schema *huma.Schema) string {
	switch {
	case schema.MaxLength != nil:
		return fmt.Sprintf(", at most %d characters", *schema.MaxLength)
	case schema.Minimum != nil && schema.Maximum != nil:
		return fmt.Sprintf(", %v to %v", *schema.Minimum, *schema.Maximum)
	default:
		return ""
	}
}
