package devstack

import (
	"net"
	"net/url"
	"strconv"
)

const (
	postgresUser = "friendpay"

	// postgresConnections leaves room for an api, a worker and a test run with a pool each.
	postgresConnections = 200
)

func (p *Postgres) dsn(database string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(postgresUser, p.password),
		Host:     net.JoinHostPort(loopback, strconv.Itoa(p.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}

// settings are given on the command line, so that they hold for a folder made by an older version as well.
func (p *Postgres) settings() map[string]string {
	settings := map[string]string{
		"port":             strconv.Itoa(p.port),
		"listen_addresses": loopback,
		// A socket's path may have 107 characters, a temporary folder more; nobody needs the socket.
		"unix_socket_directories": "",
		"max_connections":         strconv.Itoa(postgresConnections),
		"timezone":                "UTC",
	}
	if p.options.Volatile {
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
	}
	return settings
}
