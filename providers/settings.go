package providers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadSettings decodes an account's settings strictly: a misspelt setting would
// quietly be none. The error names the setting it stumbled over and quotes no value.
func ReadSettings(settings []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(settings))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return errors.New("more follows after the settings")
		}
		return nil
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("the setting %.40q is of the wrong kind", kind.Field)
	}
	// The library has no type for this one.
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Errorf("there is no setting %.40s", name)
	}
	return errors.New("the settings are not JSON of the expected form")
}
