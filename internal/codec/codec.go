// Package codec keeps what travels through Temporal unreadable to whoever can
// read its histories but has not our key: payloads, and the messages of failures.
package codec

import (
	"fmt"

	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/friendpay/friendpay/internal/vault"
)

// Encoding marks a sealed payload in its metadata; the key's id stands in the
// sealed bytes, so that old histories still open after a rotation.
const Encoding = "binary/friendpay-sealed"

const place = "temporal"

// Seal sets the converters of a Temporal client so that all it sends is sealed.
// API, worker and starters of one namespace must all do so.
func Seal(options *client.Options, keys *vault.Vault) {
	sealed := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), &codec{keys})
	options.DataConverter = sealed
	options.FailureConverter = temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: sealed, EncodeCommonAttributes: true,
	})
}

type codec struct{ keys *vault.Vault }

// Encode seals payloads.
func (c *codec) Encode(payloads []*common.Payload) ([]*common.Payload, error) {
	return each(payloads, func(p *common.Payload) (*common.Payload, error) {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("marshal payload: %w", err)
		}
		return &common.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(Encoding)},
			Data:     c.keys.Seal(plain, place),
		}, nil
	})
}

// Decode opens sealed payloads and leaves others as they are: a namespace may
// hold histories from before sealing was turned on.
func (c *codec) Decode(payloads []*common.Payload) ([]*common.Payload, error) {
	return each(payloads, func(p *common.Payload) (*common.Payload, error) {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != Encoding {
			return p, nil
		}
		plain, err := c.keys.Open(p.GetData(), place)
		if err != nil {
			return nil, fmt.Errorf("open payload: %w", err)
		}
		var opened common.Payload
		if err := proto.Unmarshal(plain, &opened); err != nil {
			return nil, fmt.Errorf("unmarshal payload: %w", err)
		}
		return &opened, nil
	})
}

func each(
	payloads []*common.Payload, do func(*common.Payload) (*common.Payload, error),
) ([]*common.Payload, error) {
	done := make([]*common.Payload, len(payloads))
	for i, payload := range payloads {
		var err error
		if done[i], err = do(payload); err != nil {
			return nil, err
		}
	}
	return done, nil
}
