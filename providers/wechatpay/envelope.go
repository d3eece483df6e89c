package wechatpay

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

// resource is something encrypted with the APIv3 key.
type resource struct {
	Algorithm      string `json:"algorithm"`
	Ciphertext     string `json:"ciphertext"`
	AssociatedData string `json:"associated_data"`
	Nonce          string `json:"nonce"`
	OriginalType   string `json:"original_type"`
}

var errSealed = errors.New("it cannot be decrypted")

// gcmNonce is the only length that AES-GCM is used with; the library panics on others.
const gcmNonce = 12

// decrypt opens a resource with the key in use, or with the one before it.
func (a *Adapter) decrypt(r resource) ([]byte, error) {
	if r.Algorithm != "AEAD_AES_256_GCM" || len(r.Nonce) != gcmNonce {
		return nil, errSealed
	}
	for _, key := range []string{a.APIv3Key, a.PreviousAPIv3Key} {
		if key == "" {
			continue
		}
		plain, err := utils.DecryptAES256GCM(key, r.AssociatedData, r.Nonce, r.Ciphertext)
		if err == nil {
			return []byte(plain), nil
		}
	}
	return nil, errSealed
}

var errForm = errors.New("it is not JSON of the expected form")

// unmarshal never quotes what it reads.
func unmarshal(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return errForm
	}
	return nil
}

// peek reads an answer's body and leaves it to be read again.
func peek(answer *http.Response) ([]byte, error) {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}
