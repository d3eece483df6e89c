// Stands for the bridge that only the Alipay app has, so that a page can be tried
// in any other browser: the cashier opens instead of a panel, and goes back to the
// page's own /pay/result.
(function () {
  'use strict';
  if (window.AlipayJSBridge) return;
  var cashier = new URL('/alipay/cashier', document.currentScript.src);
  window.AlipayJSBridge = {
    call: function (method, params, done) {
      if (method !== 'tradePay') {
        if (done) done({error: 1, errorMessage: 'not supported'});
        return;
      }
      cashier.searchParams.set('tradeNO', (params && params.tradeNO) || '');
      cashier.searchParams.set('return', window.location.origin + '/pay/result');
      window.top.location.assign(cashier.href);
    }
  };
  document.dispatchEvent(new Event('AlipayJSBridgeReady'));
})();
