// Lets Alipay's own program speak to the simulator. One scene comes in as JSON on
// standard input: where the simulator is, the account, and what people do there.
// What the program made of it goes out as JSON; a signature that does not hold
// throws, and ends the talk.
import {createServer} from 'node:http';
import {AlipaySdk} from 'alipay-sdk';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const {base, account, number} = JSON.parse(Buffer.concat(chunks).toString());

const config = {
  appId: account.app_id, privateKey: account.private_key.trim(), keyType: 'PKCS8',
  gateway: base + '/alipay/gateway.do', signType: 'RSA2', camelcase: false,
};
if (account.cert_mode) {
  config.appCertContent = account.app_cert;
  config.alipayPublicCertContent = account.alipay_cert;
  config.alipayRootCertContent = account.root_cert;
} else {
  config.alipayPublicKey = account.alipay_public_key.trim();
}
const sdk = new AlipaySdk(config);

const ask = (method, bizContent, more = {}) =>
  sdk.exec('alipay.' + method, {...more, ...(bizContent && {bizContent})}, {validateSign: true});

const simulate = async (path, body) => {
  const answer = await fetch(base + '/sim/alipay/' + path, {method: 'POST', body: JSON.stringify(body)});
  if (!answer.ok) throw new Error(path + ': ' + answer.status + ' ' + await answer.text());
};

// Notifications come to a server of the merchant's, which says success at the second one of each.
const notices = [];
let told;
const seen = new Set();
const merchant = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
  if (!seen.has(form.notify_id)) {
    seen.add(form.notify_id);
    response.end('fail');
    return;
  }
  response.end('success');
  const spoiled = {...form, total_amount: '0.01'};
  notices.push({form, genuine: sdk.checkNotifySignV2(form), spoiled: sdk.checkNotifySignV2(spoiled)});
  told();
});
await new Promise((ready) => merchant.listen(0, '127.0.0.1', ready));
const notifyUrl = `http://127.0.0.1:${merchant.address().port}/notify`;
const notice = async (count) => {
  while (notices.length < count) await new Promise((resolve) => { told = resolve; });
};

const order = (suffix, code, more = {}) => ({
  out_trade_no: number + suffix, total_amount: '129.00', subject: '代付-咖啡 "%25"', product_code: code, ...more,
});
const said = {};

// A code that is scanned, paid, and given back in part.
const coded = order('QR', 'QR_CODE_OFFLINE', {passback_params: 'a%26b'});
said.precreate = await ask('trade.precreate', coded, {notifyUrl});
said.unseen = await ask('trade.query', {out_trade_no: coded.out_trade_no});
await simulate('pay', {qr_code: said.precreate.qr_code, openid: 'friend01', coupon: 900});
said.paid = await ask('trade.query', {out_trade_no: coded.out_trade_no, query_options: ['fund_bill_list']});
await notice(1);
const back = {out_trade_no: coded.out_trade_no, refund_amount: '9.00', out_request_no: 'RF1'};
said.refund = await ask('trade.refund', back);
said.again = await ask('trade.refund', back);
said.refunded = await ask('trade.fastpay.refund.query', {out_trade_no: coded.out_trade_no, out_request_no: 'RF1'});
await notice(2);
said.notices = notices;

// A trade of the app's, closed.
const created = order('JS', 'JSAPI_PAY', {buyer_open_id: 'friend01'});
said.create = await ask('trade.create', created);
said.close = await ask('trade.close', {trade_no: said.create.trade_no});
said.closed = await ask('trade.close', {trade_no: said.create.trade_no});

// Links, one followed and one posted as a form.
const follow = async (address, options) => {
  const led = await fetch(address, {redirect: 'manual', ...options});
  return {status: led.status, location: led.headers.get('location')};
};
said.link = await follow(sdk.pageExecute('alipay.trade.wap.pay', 'GET',
  {bizContent: order('WAP', 'QUICK_WAP_WAY'), returnUrl: base + '/back?x=1'}));
const html = sdk.pageExecute('alipay.trade.page.pay', 'POST', {bizContent: order('PC', 'FAST_INSTANT_TRADE_PAY')});
const plain = (text) => text.replaceAll('&quot;', '"');
const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, plain(value)]);
said.form = await follow(plain(html.match(/action="([^"]*)"/)[1]), {method: 'POST', body: new URLSearchParams(fields)});
const cashier = await fetch(base + said.link.location, {
  method: 'POST', redirect: 'manual', body: new URLSearchParams({action: 'pay'}),
});
const returned = new URL(cashier.headers.get('location')).searchParams;
returned.delete('x');
said.returned = {form: Object.fromEntries(returned), genuine: sdk.checkNotifySignV2(Object.fromEntries(returned))};

// The login, and the bill.
const login = await follow(base + '/alipay/oauth2/publicAppAuthorize.htm?' + new URLSearchParams({
  app_id: account.app_id, scope: 'auth_base', redirect_uri: 'https://shop.example/home', state: 'S1',
}), {headers: {cookie: 'paysim_alipay_user=friend09'}});
const code = new URL(login.location).searchParams.get('auth_code');
said.token = await ask('system.oauth.token', null, {grantType: 'authorization_code', code});
const day = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
said.bill = await ask('data.dataservice.bill.downloadurl.query', {bill_type: 'trade', bill_date: day});
const file = await fetch(said.bill.bill_download_url);
said.bytes = Buffer.from(await file.arrayBuffer()).subarray(0, 2).toString();

merchant.close();
merchant.closeAllConnections();
process.stdout.write(JSON.stringify(said));
