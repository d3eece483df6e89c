#!/bin/sh
# Makes the recorded vectors beside this file with OpenSSL and the shell: neither our
# code, nor the library, nor the simulator has a hand in them. The keys are made here,
# for tests, and protect nothing.
set -eu
cd "$(dirname "$0")/vectors"

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1"; }
key test-only-app-key.pem
key test-only-alipay-key.pem
openssl pkey -in test-only-alipay-key.pem -pubout -out alipay-public-key.pem

# A root, one signed by it, and what the two sign: Alipay's certificate and the app's.
key test-only-root-key.pem
key test-only-between-key.pem
authority='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign'
certify() { # key, subject, serial, issuer's certificate and key, extensions, into
	openssl req -new -key "$1" -subj "$2" -out request.csr
	printf '%s\n' "$6" > extensions.txt
	openssl x509 -req -in request.csr -CA "$4" -CAkey "$5" -set_serial "$3" -days 36500 -sha256 \
		-extfile extensions.txt -out "$7" 2>/dev/null
	rm request.csr extensions.txt
}
openssl req -x509 -new -key test-only-root-key.pem -sha256 -days 36500 -set_serial 4242 \
	-subj "/C=CN/O=test only/OU=not Ant Financial/CN=test only root" -addext basicConstraints=critical,CA:TRUE \
	-addext keyUsage=critical,keyCertSign -out root.pem
openssl ecparam -name prime256v1 -genkey -noout -out other.key
openssl req -x509 -new -key other.key -sha256 -days 36500 -set_serial 4343 -subj "/C=CN/CN=test only EC root" -out other.pem
cat other.pem root.pem > root-certificates.pem
certify test-only-between-key.pem "/C=CN/O=test only/OU=Certification Authority/CN=test only class 2" 77 \
	root.pem test-only-root-key.pem "$authority" between.pem
certify test-only-alipay-key.pem "/C=CN/O=test only/CN=test only, not Alipay" 123456789012345678901234567890 \
	between.pem test-only-between-key.pem "keyUsage=digitalSignature" leaf.pem
cat leaf.pem between.pem > alipay-certificate.pem
certify test-only-app-key.pem "/C=CN/O=test only/CN=2021000000000001" 31 \
	between.pem test-only-between-key.pem "keyUsage=digitalSignature" app-certificate.pem

# Serial numbers: the MD5 of the issuer, last name first, and of the serial in decimal.
sn() { printf '%s' "$1" | openssl md5 -r | cut -d' ' -f1 | tr -d '\n'; }
issuer='CN=test only class 2,OU=Certification Authority,O=test only,C=CN'
sn "${issuer}123456789012345678901234567890" > alipay-certificate.sn
sn "${issuer}31" > app-certificate.sn
sn "CN=test only root,OU=not Ant Financial,O=test only,C=CN4242" > root-certificates.sn
rm root.pem leaf.pem between.pem other.pem other.key test-only-root-key.pem test-only-between-key.pem

sign() { openssl dgst -sha256 -sign "$1" -binary "$2" | openssl base64 -A > "$3"; }

# A call as the app signs it: names in order, sign_type among them.
printf '%s' 'app_id=2021000000000001&biz_content={"out_trade_no":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}&charset=utf-8' \
	'&format=JSON&method=alipay.trade.query&sign_type=RSA2&timestamp=2025-01-01 10:00:00&version=1.0' > request.txt
sign test-only-app-key.pem request.txt request.sig

# An answer as it stands in the body, with its escapes.
printf '%s' '{"code":"10000","msg":"Success","out_trade_no":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","qr_code":"https:\/\/qr.alipay.com\/bax1"}' > response.txt
sign test-only-alipay-key.pem response.txt response.sig

# A callback: values as decoded, without sign and sign_type, the empty one too. A name
# that begins like another stands behind it.
printf '%s' 'app_id=2021000000000001&body=&charset=utf-8&notify_id=2025010100222100204012345678901234' \
	'&notify_type=trade_status_sync&out_trade_no=ABCDEFGHIJKLMNOPQRSTUVWXYZ&seller_id=2088000000000001' \
	'&subject=代付 100%25 = +&trade_no=2025010122001&trade_status=TRADE_SUCCESS&version=1.0' > callback.txt
sign test-only-alipay-key.pem callback.txt callback.sig
{
	printf '%s' 'version=1.0&app_id=2021000000000001&body=&charset=utf-8&notify_id=2025010100222100204012345678901234'
	printf '%s' '&notify_type=trade_status_sync&out_trade_no=ABCDEFGHIJKLMNOPQRSTUVWXYZ&seller_id=2088000000000001'
	printf '%s' '&subject=%E4%BB%A3%E4%BB%98+100%2525+%3D+%2B&trade_no=2025010122001&trade_status=TRADE_SUCCESS'
	printf '%s' '&sign_type=RSA2&sign='
	sed -e 's/+/%2B/g' -e 's/\//%2F/g' -e 's/=/%3D/g' callback.sig | tr -d '\n'
} > callback.form
