// The SDK warns of its own future on Node 20; the Lambdas run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Whatever the tests, or the code under them, print is searched for secrets.
const { withoutSecrets } = require('./no-secrets');
for (const method of ['debug', 'log', 'info', 'warn', 'error']) {
  const print = console[method];
  console[method] = (...parts) => print(...parts.map(withoutSecrets));
}
