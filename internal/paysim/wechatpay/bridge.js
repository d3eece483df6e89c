// Stands for the bridge that only the WeChat browser has, so that a page can be
// tried in any other: the cashier opens instead of a panel, and goes back to the
// page's own /pay/result.
(function () {
  'use strict';
  if (window.WeixinJSBridge) return;
  var cashier = new URL('/wechatpay/jsapi', document.currentScript.src);
  var names = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'];
  window.WeixinJSBridge = {
    invoke: function (method, params, done) {
      if (method !== 'getBrandWCPayRequest') {
        if (done) done({err_msg: 'system:function_not_exist'});
        return;
      }
      names.forEach(function (name) { cashier.searchParams.set(name, params[name] || ''); });
      cashier.searchParams.set('return', window.location.origin + '/pay/result');
      window.top.location.assign(cashier.href);
    }
  };
  document.dispatchEvent(new Event('WeixinJSBridgeReady'));
})();
