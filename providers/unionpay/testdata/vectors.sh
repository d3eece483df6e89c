#!/bin/sh
# Makes the recorded vectors beside this file with OpenSSL, iconv and Node, from the
# protocol's description: our code has no hand in them. The keys are made here, for
# tests, and protect nothing.
set -eu
cd "$(dirname "$0")/vectors"

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1"; }
authority='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
signer='basicConstraints=CA:FALSE
keyUsage=digitalSignature,nonRepudiation'

# issue KEY SUBJECT SERIAL EXTENSIONS AUTHORITY NAME: a certificate, NAME-cert.pem.
issue() {
	openssl req -new -utf8 -key "$1" -subj "$2" -out request.csr
	printf '%s\n' "$4" > extensions.cnf
	openssl x509 -req -in request.csr -set_serial "$3" -days 36500 -sha256 -extfile extensions.cnf \
		-CA "$5-cert.pem" -CAkey "$5.key" -out "$6-cert.pem" 2>/dev/null
}

key root.key
openssl req -x509 -new -key root.key -subj '/CN=test only root' -days 36500 -set_serial 1 -out root-cert.pem \
	-addext 'keyUsage=critical,keyCertSign,cRLSign'
key middle.key
issue middle.key '/CN=test only middle' 2 "$authority" root middle
key test-only-unionpay.key
issue test-only-unionpay.key '/CN=041@8310000000083040@中国银联股份有限公司@00016494' 4000000001 "$signer" middle unionpay
key test-only-merchant.key
issue test-only-merchant.key '/CN=041@777290058110048@test only@00000001' 69026276696 "$signer" middle merchant

# sign KEY TEXT SIGNATURE: SHA-256 in hex, hashed and signed once more.
sign() {
	printf '%s' "$(openssl dgst -sha256 -r "$2" | cut -d ' ' -f 1)" > hex.txt
	openssl dgst -sha256 -sign "$1" -binary hex.txt | openssl base64 -A > "$3"
}

# A call as the merchant signs it: sorted, not encoded.
printf '%s' 'accessType=0&backUrl=https://pay.example.cn/v1/callbacks/unionpay/a?x=1&y=2&bizType=000201&certId=69026276696&channelType=07&currencyCode=156&encoding=UTF-8&frontUrl=https://pay.example.cn/pay/result&merId=777290058110048&orderId=ABCDEFGHIJKLMNOPQRSTUVWXYZ&payTimeout=20250101103000&reqReserved=pc&riskRateInfo={commodityName=代付-耳机 a b}&signMethod=01&txnAmt=12900&txnSubType=01&txnTime=20250101100000&txnType=01&version=5.1.0' > request.txt
sign test-only-merchant.key request.txt request.sig

# An answer and a file's answer, whole and not encoded; a callback, encoded.
node - <<'JS'
const fs = require('fs'), zlib = require('zlib'), { execFileSync } = require('child_process')
const certificate = fs.readFileSync('unionpay-cert.pem', 'utf8').trimEnd()
const sorted = m => Object.keys(m).sort().map(k => k + '=' + m[k]).join('&')
const write = (name, m) => fs.writeFileSync(name + '.txt', sorted(m))
const common = {
  version: '5.1.0', encoding: 'UTF-8', certId: '4000000001', signMethod: '01', signPubKeyCert: certificate,
  accessType: '0', merId: '777290058110048', respCode: '00', respMsg: '成功[0000000]',
}
const paid = {
  orderId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', txnTime: '20250101100000', txnType: '01', txnSubType: '01', bizType: '000201',
  queryId: '212501011000001234567', traceNo: '123456', traceTime: '0101100203', settleDate: '0101', txnAmt: '12900',
  settleAmt: '12900', settleCurrencyCode: '156', currencyCode: '156', reqReserved: 'pc', accNo: '6216***********0018',
  payType: '0001', payCardType: '02', couponInfo: '[{"type":"DD01","spnsrId":"00010000","offstAmt":"100","desc":"满1元&减"}]',
  empty: '',
}
write('answer', { ...common, ...paid, origRespCode: '00', origRespMsg: '成功[0000000]' })
write('callback', { ...common, ...paid })

const widths = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15,
  32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131]
const gbk = text => execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GBK'], { input: text })
const row = columns => Buffer.concat(widths.map((width, i) => {
  const text = gbk(columns[i + 1] || '')
  return Buffer.concat([i ? Buffer.from(' ') : Buffer.alloc(0), text, Buffer.alloc(width - text.length, ' ')])
}).concat(Buffer.from('\r\n')))
const money = {
  1: 'S22', 2: '01040000', 4: '123456', 5: '0101100203', 6: '6216***********0018', 7: '000000012900', 9: '07',
  10: paid.queryId, 12: paid.orderId, 13: '02', 16: 'D000000000071', 17: 'C000000012829', 18: '0001', 20: '01', 21: '01',
  22: '000201', 28: common.merId, 31: '测试商户', 35: 'pc', 36: 'C000000000100',
}
const back = {
  ...money, 1: 'S30', 5: '0101101500', 7: '000000000900', 10: '212501011015001234567', 12: '0123456789ABCDEFGHIJKLMNOP',
  14: '123456', 15: '0101100203', 16: 'C000000000005', 17: 'D000000000895', 20: '04', 21: '00', 27: paid.queryId,
  35: paid.orderId, 36: '',
}
// A zip that packs nothing: names and bytes, then the directory.
const zip = files => {
  const parts = [], directory = []
  let at = 0
  for (const [name, bytes] of files) {
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt32LE(zlib.crc32(bytes), 10)
    head.writeUInt32LE(bytes.length, 14)
    head.writeUInt32LE(bytes.length, 18)
    head.writeUInt16LE(name.length, 22)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, rest, Buffer.from(name))
    const local = [Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), bytes]
    parts.push(...local)
    at += Buffer.concat(local).length
  }
  const listed = Buffer.concat(directory), end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, listed, end])
}
const packed = zip([
  ['INN25010188ZM_' + common.merId, Buffer.concat([row(money), row(back)])],
  ['INN25010188ZME_' + common.merId, Buffer.alloc(0)], ['RD1001250101_' + common.merId, gbk('合计')],
])
write('file', {
  ...common, txnType: '76', txnSubType: '01', bizType: '000000', txnTime: '20250102100000', settleDate: '0101',
  fileType: '00', fileName: common.merId + '_20250101.zip', fileContent: zlib.deflateSync(packed).toString('base64'),
})
JS
for name in answer callback file; do sign test-only-unionpay.key $name.txt $name.sig; done
node - <<'JS'
const fs = require('fs')
const signature = name => fs.readFileSync(name + '.sig', 'utf8')
for (const name of ['answer', 'file']) fs.appendFileSync(name + '.txt', '&signature=' + signature(name))
const form = new URLSearchParams({ signature: signature('callback') })
// A certificate is the one value with more lines than one, and & is in no key.
for (const part of fs.readFileSync('callback.txt', 'utf8').split(/&(?=[a-zA-Z]+=)/)) {
  const at = part.indexOf('=')
  form.append(part.slice(0, at), part.slice(at + 1))
}
fs.writeFileSync('callback.form', form.toString())
JS
rm -f root.key middle.key test-only-unionpay.key request.csr extensions.cnf hex.txt answer.sig callback.sig callback.txt file.sig
mv test-only-merchant.key test-only-merchant-key.pem
