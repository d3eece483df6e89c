package alipay

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// trust is whose signatures count.
type trust struct {
	key    *rsa.PublicKey
	serial string // of the certificate; "" in key mode
}

const refusalNode = "error_response"

var errUnsigned = errors.New("the answer does not verify")

// rumour is the inner code of a refusal that nobody signed, as Alipay's gateway
// sends those that stand under no call's name. It proves nothing.
type rumour struct{ code string }

func (r rumour) Error() string { return errUnsigned.Error() }

func (r rumour) Is(target error) bool { return target == errUnsigned }

// proves checks an answer: one node, of the call or of a refusal, signed over its
// bytes as they came, by the certificate that we know. Nothing else stands beside
// them.
func (t trust) proves(method string, body []byte) error {
	var parts map[string]json.RawMessage
	if json.Unmarshal(body, &parts) != nil {
		return errUnsigned
	}
	var said head
	refusal := parts[refusalNode]
	if len(parts) == 1 && refusal != nil && json.Unmarshal(refusal, &said) == nil {
		return rumour{said.SubCode}
	}
	var sign, serial string
	if json.Unmarshal(parts["sign"], &sign) != nil {
		return errUnsigned
	}
	if told := parts["alipay_cert_sn"]; told != nil && json.Unmarshal(told, &serial) != nil {
		return errUnsigned
	}
	delete(parts, "sign")
	delete(parts, "alipay_cert_sn")
	node := parts[nodeOf(method)]
	if node == nil {
		node = parts[refusalNode]
	}
	if len(parts) != 1 || len(node) == 0 || node[0] != '{' || serial != t.serial {
		return errUnsigned
	}
	signature, ok := exact(sign)
	sum := sha256.Sum256(node)
	if !ok || rsa.VerifyPKCS1v15(t.key, crypto.SHA256, sum[:], signature) != nil {
		return errUnsigned
	}
	return nil
}

// nodeOf is where the answer to a method stands.
func nodeOf(method string) string { return strings.ReplaceAll(method, ".", "_") + "_response" }

// exact decodes base64 in its one proper spelling; the library would also take
// others of the same bytes.
func exact(text string) ([]byte, bool) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	return decoded, err == nil && text != "" && base64.StdEncoding.EncodeToString(decoded) == text
}
