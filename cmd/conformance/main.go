// Command conformance reads what go test -json tells of the providers' contract tests
// and prints one table of all of them. It fails where one failed or did not run.
package main

import (
	"fmt"
	"os"

	"github.com/friendpay/friendpay/internal/conformance"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	results, err := conformance.Read(os.Stdin)
	if err != nil {
		return err
	}
	table, err := results.Table(conformance.Subjects)
	fmt.Print(table)
	return err
}
