package store_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm/schema"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
)

// shape lists all that the migrations make.
const shape = `SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
	SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'
	UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'goose%'
	UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'goose_db_version'
	UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace) lines`

func TestMigrationsGoUpDownUp(t *testing.T) {
	t.Parallel()
	w := reach(t, testkit.Database(t, nil))
	require.NoError(t, store.Migrate(t.Context(), w.dsn))
	first := value[string](w, shape)
	require.Contains(t, first, "requests.snapshot")
	require.NoError(t, store.Migrate(t.Context(), w.dsn), "again changes nothing")
	require.NoError(t, store.MigrateDown(t.Context(), w.dsn))
	require.Empty(t, value[string](w, shape), "down leaves nothing behind")
	require.NoError(t, store.Migrate(t.Context(), w.dsn))
	require.Equal(t, first, value[string](w, shape))
}

func TestSeveralMigrateAtOnce(t *testing.T) {
	t.Parallel()
	dsn := testkit.Database(t, nil)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { require.NoError(t, store.Migrate(t.Context(), dsn)) })
	}
	all.Wait()
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("migrations")
	require.NoError(t, err)
	for i, file := range files {
		require.Regexp(t, regexp.MustCompile(fmt.Sprintf(`^%04d_[a-z_]+\.sql$`, i+1)), file.Name())
	}
}

// Nothing checks at run time that GORM's idea of a table is the database's.
func TestModelsFitTheSchema(t *testing.T) {
	w := open(t)
	types := map[schema.DataType][]string{
		schema.Bool: {"boolean"}, schema.Int: {"bigint", "integer"}, schema.Uint: {"bigint"},
		schema.String: {"text"}, schema.Time: {"timestamp with time zone"}, schema.Bytes: {"bytea", "jsonb"},
	}
	var cache sync.Map
	for _, model := range store.Models {
		parsed, err := schema.Parse(model, &cache, schema.NamingStrategy{})
		require.NoError(t, err)
		const column = `SELECT coalesce((SELECT data_type FROM information_schema.columns
			WHERE table_name = $1 AND column_name = $2), 'nothing')`
		for _, field := range parsed.Fields {
			if field.DBName == "" || field.IgnoreMigration {
				continue
			}
			want := types[field.GORMDataType]
			if name := field.TagSettings["SERIALIZER"]; name == "json" || name == "list" {
				want = []string{"jsonb"}
			} else if name == "moment" {
				want = types[schema.Time]
			}
			got := value[string](w, column, parsed.Table, field.DBName)
			require.Contains(t, want, got, "%s.%s", parsed.Table, field.DBName)
		}
		const needed = `SELECT coalesce(array_agg(column_name::text), '{}') FROM information_schema.columns
			WHERE table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'`
		for _, name := range value[[]string](w, needed, parsed.Table) {
			require.True(t, slices.Contains(parsed.DBNames, name), "%s.%s is never written", parsed.Table, name)
		}
	}
}
