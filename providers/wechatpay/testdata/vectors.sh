#!/bin/sh
# Makes the recorded vectors beside this file with OpenSSL, and with Node's crypto
# for AES-GCM: neither our code nor the SDK has a hand in them. The keys are made
# here, for tests, and protect nothing.
set -eu
cd "$(dirname "$0")/vectors"

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out test-only-merchant-key.pem
openssl req -x509 -new -newkey rsa:2048 -nodes -keyout test-only-wechat-key.pem -out wechat-certificate.pem \
	-subj "/CN=test only, not WeChat Pay" -days 36500 -set_serial 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1 2>/dev/null
openssl pkey -in test-only-wechat-key.pem -pubout -out wechat-public-key.pem

sign() { openssl dgst -sha256 -sign "$1" -binary "$2" | openssl base64 -A > "$3"; }

# A call as the merchant signs it, the newline after the body included.
printf 'POST\n/v3/pay/transactions/native?a=b%%26c\n1735696800\n593BEC0C930BF1AFEB40B4A08C8FB242\n%s\n\n' \
	'{"description":"\u0026","amount":{"total":1}}' > request.txt
sign test-only-merchant-key.pem request.txt request.sig

# What the merchant signs for the bridge.
printf 'wx00000000000000a1\n1735696800\n593BEC0C930BF1AFEB40B4A08C8FB242\nprepay_id=wx2013\n' > bridge.txt
sign test-only-merchant-key.pem bridge.txt bridge.sig

# An answer as WeChat Pay signs it; one with an empty body too.
printf '1735696800\nc5ac7061fccab6bf3e254dcf98995b8c\n%s\n' '{"code_url":"weixin://wxpay/bizpayurl?pr=Ab12Cd3"}' > response.txt
sign test-only-wechat-key.pem response.txt response.sig
printf '1735696800\nc5ac7061fccab6bf3e254dcf98995b8c\n\n' > empty.txt
sign test-only-wechat-key.pem empty.txt empty.sig

# A callback and a list of certificates, encrypted with the APIv3 key.
node - <<'JS'
const fs = require('fs'), crypto = require('crypto')
const key = Buffer.from('test-only-test-only-test-only-32')
const seal = (text, nonce, aad) => {
  const cipher = crypto.createCipheriv('aes-256-gcm', key, Buffer.from(nonce))
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}
const paid = JSON.stringify({
  appid: 'wx00000000000000a1', mchid: '1900000109', out_trade_no: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  transaction_id: '4200002501012025010112345678', trade_type: 'JSAPI', trade_state: 'SUCCESS',
  trade_state_desc: '支付成功', success_time: '2025-01-01T10:02:03+08:00', payer: { openid: 'oFriend01' },
  amount: { total: 12900, payer_total: 12900, currency: 'CNY', payer_currency: 'CNY' },
})
fs.writeFileSync('callback.json', JSON.stringify({
  id: 'EV-2025010110020300001', create_time: '2025-01-01T10:02:03+08:00', resource_type: 'encrypt-resource',
  event_type: 'TRANSACTION.SUCCESS', summary: '支付成功',
  resource: {
    original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', associated_data: 'transaction',
    nonce: 'fdasflkja484', ciphertext: seal(paid, 'fdasflkja484', 'transaction'),
  },
}))
fs.writeFileSync('certificate.json', JSON.stringify({
  algorithm: 'AEAD_AES_256_GCM', nonce: '61f9c719728a', associated_data: 'certificate',
  ciphertext: seal(fs.readFileSync('wechat-certificate.pem', 'utf8'), '61f9c719728a', 'certificate'),
}))
fs.writeFileSync('callback.txt', '1735696923\nEzbCM0nDG8YCJo2W\n' + fs.readFileSync('callback.json') + '\n')
JS
sign test-only-wechat-key.pem callback.txt callback.sig
rm callback.txt
