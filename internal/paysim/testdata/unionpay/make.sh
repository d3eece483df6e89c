#!/bin/sh
# Makes the golden vectors of ACP 5.1.0 again, with sh and openssl alone: no code
# of the simulator or of the adapter has a hand in them. Run it in this folder.
#
# A call is signed thus: all fields but the signature, sorted by name bytewise,
# joined as name=value with "&"; SHA-256 of that in lowercase hexadecimal; RSA
# PKCS #1 v1.5 with SHA-256 over those 64 characters; base64.
set -eu
cd "$(dirname "$0")"
export LC_ALL=C

key() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1" 2>/dev/null; }

# issue NAME SUBJECT SERIAL EXTENSIONS [ISSUER]
issue() {
	key "test-only-$1-key.pem"
	printf '%s\n' "$4" >"$1.ext"
	openssl req -new -utf8 -key "test-only-$1-key.pem" -subj "$2" -out "$1.csr"
	if [ $# -gt 4 ]; then
		openssl x509 -req -in "$1.csr" -CA "$5.pem" -CAkey "test-only-$5-key.pem" -set_serial "$3" -days 36500 -sha256 \
			-extfile "$1.ext" -out "$1.pem" 2>/dev/null
	else
		openssl x509 -req -in "$1.csr" -signkey "test-only-$1-key.pem" -set_serial "$3" -days 36500 -sha256 \
			-extfile "$1.ext" -out "$1.pem" 2>/dev/null
	fi
	rm "$1.csr" "$1.ext"
}

authority='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
leaf='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation'
issue root '/C=CN/O=golden/CN=golden root' 5000000000 "$authority"
issue middle '/C=CN/O=golden/CN=golden middle' 5000000001 "$authority" root
issue unionpay '/C=CN/O=golden/CN=041@8310000000083040@中国银联股份有限公司@00016494' 5000000002 "$leaf" middle
issue merchant '/C=CN/O=golden/CN=041@Z2025@777290058110048@00000001' 69026276696 "$leaf" middle

# sign NAME: NAME.fields has one name=value a line; NAME.text is what is signed and
# NAME.signature what comes out.
sign() {
	sort "$1.fields" | awk 'NR > 1 { printf "&" } { printf "%s", $0 }' >"$1.text"
	openssl dgst -sha256 -hex "$1.text" | sed 's/.*= *//' | tr -d '\n' >"$1.inner"
	openssl dgst -sha256 -sign test-only-merchant-key.pem "$1.inner" | openssl base64 -A >"$1.signature"
	rm "$1.inner"
}

common='version=5.1.0
encoding=UTF-8
signMethod=01
certId=69026276696
accessType=0
merId=777290058110048'
money='txnTime=20270302113000
txnAmt=12900
currencyCode=156
backUrl=https://shop.example/v1/callbacks/unionpay/a?x=1&y=2
payTimeout=20270302120000'

cat >wap.fields <<END
$common
$money
txnType=01
txnSubType=01
bizType=000201
channelType=08
orderId=GOLDENWAP0000000000000001
frontUrl=https://shop.example/pay/result
riskRateInfo={commodityName=咖啡 + 茶&more=a=b}
reqReserved=YXR0LTE
END
cat >qr.fields <<END
$common
$money
txnType=01
txnSubType=07
bizType=000000
channelType=08
orderId=GOLDENQR00000000000000001
orderDesc=咖啡 <b>
END
cat >app.fields <<END
$common
$money
txnType=01
txnSubType=01
bizType=000201
channelType=08
orderId=GOLDENAPP0000000000000001
END
cat >query.fields <<END
$common
txnType=00
txnSubType=00
bizType=000000
orderId=GOLDENQR00000000000000001
txnTime=20270302113000
END
cat >refund.fields <<END
$common
txnType=04
txnSubType=00
bizType=000000
channelType=08
orderId=GOLDENREFUND0000000000001
origOrderId=GOLDENQR00000000000000001
origTxnTime=20270302113000
txnTime=20270302113100
txnAmt=900
backUrl=https://shop.example/v1/callbacks/unionpay/a
END
cat >file.fields <<END
$common
txnType=76
txnSubType=01
bizType=000000
txnTime=20270302113200
settleDate=0302
fileType=00
END
for name in wap qr app query refund file; do sign "$name"; done
