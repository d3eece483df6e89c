// Package store keeps what the engine knows in PostgreSQL.
package store
