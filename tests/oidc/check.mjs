// Signs in to a running Tradewind with a real provider of OpenID Connect, which this starts on the loopback:
//
//     npm ci && node check.mjs http://127.0.0.1:8000 9000
//
// The server is started with the settings that `node check.mjs --settings http://127.0.0.1:8000 9000` prints.
import assert from 'node:assert/strict';
import { once } from 'node:events';

const CLIENT = { id: 'shop', secret: 'a secret of the loopback' };

const printsSettings = process.argv[2] === '--settings';
const [base, port] = process.argv.slice(printsSettings ? 3 : 2);
if (!port) {
  console.error('usage: node check.mjs [--settings] BASE_URL PROVIDER_PORT');
  process.exit(2);
}
const issuer = `http://127.0.0.1:${port}`;
const shop = 'http://shop.localhost:3000';

if (printsSettings) {
  const provider = { name: 'acme', issuer, client_id: CLIENT.id, client_secret: CLIENT.secret };
  console.log(`export PUBLIC_URL=${base} STOREFRONT_URL=${shop} OIDC_PROVIDERS='${JSON.stringify([provider])}'`);
  process.exit(0);
}

/** A browser as far as it matters here: it keeps cookies by host and path, and goes where it is sent. */
class Browser {
  #cookies = new Map();

  #header(url) {
    const kept = [...this.#cookies.values()];
    const fitting = kept.filter(({ host, path }) => host === url.host && url.pathname.startsWith(path));
    return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  async #once(url, options = {}) {
    const headers = { ...options.headers, cookie: this.#header(url) };
    const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const [name, ...value] = pair.split('=');
      const path = attributes.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      this.#cookies.set(`${url.host}${path}${name}`, { name, value: value.join('='), host: url.host, path });
    }
    return answer;
  }

  /** Goes to `url` and wherever that leads, until a page comes or `stops` says so. */
  async go(url, options, stops = () => false) {
    let answer = await this.#once((url = new URL(url)), options);
    for (let hops = 0; answer.status >= 300 && answer.status < 400; hops += 1) {
      assert.ok(hops < 20, 'no end of redirects');
      url = new URL(answer.headers.get('location'), url);
      if (stops(url)) return { url };
      answer = await this.#once(url);
    }
    return { url, answer, text: await answer.text() };
  }

  async ask(document, token) {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const body = JSON.stringify({ query: document });
    const { text } = await this.go(`${base}/graphql`, { method: 'POST', headers, body });
    const { data, errors } = JSON.parse(text);
    assert.equal(errors, undefined, text);
    return data;
  }
}

const isOurs = (url) => url.href.startsWith(`${base}/api/v1/oidc/acme/callback`);
const isShop = (url) => url.origin === shop;

/** Signs in at the provider as `login`, and returns the address that it sends the browser back to. */
async function toCallback(browser, login) {
  let page = await browser.go(`${base}/api/v1/oidc/acme/start?return_to=/account`, {}, isOurs);
  for (let pages = 0; page.answer; pages += 1) {
    assert.ok(pages < 4 && page.answer.ok, `${page.url} answers ${page.answer.status}: ${page.text}`);
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page.text)[1];
    const body = new URLSearchParams({ prompt, login, password: 'any' });
    page = await browser.go(new URL(action, page.url), { method: 'POST', body }, isOurs);
  }
  return page.url;
}

async function signIn(browser, login) {
  const { url } = await browser.go(await toCallback(browser, login), {}, isShop);
  return url;
}

async function viewer(browser) {
  const { sessionRefresh } = await browser.ask('mutation { sessionRefresh { accessToken } }');
  const wanted = '{ viewer { account { id email emailVerified displayName } identities { nodes { issuer email } } } }';
  return (await browser.ask(wanted, sessionRefresh.accessToken)).viewer;
}

const checks = {
  'someone new is signed in, and is the same the next time': async () => {
    const browser = new Browser();
    assert.equal((await signIn(browser, 'ada')).href, `${shop}/account`);
    const first = await viewer(browser);
    assert.deepEqual(
      [first.account.email, first.account.emailVerified, first.account.displayName],
      ['ada@example.com', true, 'Person ada'],
    );
    assert.deepEqual(first.identities.nodes, [{ issuer, email: 'ada@example.com' }]);
    const another = new Browser();
    await signIn(another, 'ada');
    assert.equal((await viewer(another)).account.id, first.account.id);
  },
  'an address that is not verified opens nothing': async () => {
    assert.equal((await signIn(new Browser(), 'unverified')).href, `${shop}/account?error=email_not_verified`);
  },
  'a code is good once': async () => {
    const browser = new Browser();
    const callback = await toCallback(browser, 'eve');
    await browser.go(callback, {}, isShop);
    const again = await browser.go(callback, {}, isShop);
    assert.equal(again.url.searchParams.get('error'), 'oidc_expired');
    const begun = await browser.go(`${base}/api/v1/oidc/acme/start`, {}, (url) => url.origin === issuer);
    callback.searchParams.set('state', begun.url.searchParams.get('state'));
    const replayed = await browser.go(callback, {}, isShop);
    assert.equal(replayed.url.searchParams.get('error'), 'oidc_failed');
  },
  'another browser does not get in': async () => {
    const callback = await toCallback(new Browser(), 'mallory');
    const { url } = await new Browser().go(callback, {}, isShop);
    assert.equal(url.searchParams.get('error'), 'oidc_expired');
  },
  'the provider names itself, and nobody else may': async () => {
    for (const issuer of ['https://evil.example', null]) {
      const browser = new Browser();
      const callback = await toCallback(browser, 'mallory');
      assert.ok(callback.searchParams.get('iss'));
      if (issuer) callback.searchParams.set('iss', issuer);
      else callback.searchParams.delete('iss');
      const { url } = await browser.go(callback, {}, isShop);
      assert.equal(url.searchParams.get('error'), 'oidc_failed');
    }
  },
  'who says no is sent back': async () => {
    const browser = new Browser();
    const isLogin = (url) => url.pathname.startsWith('/interaction/');
    const { url } = await browser.go(`${base}/api/v1/oidc/acme/start?return_to=/cart`, {}, isLogin);
    const { url: back } = await browser.go(`${url}/abort`, {}, isShop);
    assert.equal(back.href, `${shop}/cart?error=oidc_denied`);
  },
};

/** The provider: it takes only clients that use PKCE, and keeps addresses out of its identity tokens. */
async function startProvider() {
  // It warns at length that its defaults are not for production.
  console.warn = console.info = () => {};
  const { Provider } = await import('oidc-provider');
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${base}/api/v1/oidc/acme/callback`],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: id !== 'unverified',
        name: `Person ${id}`,
      }),
    }),
  });
  const server = provider.listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const provider = await startProvider();
let claim;
try {
  for (claim of Object.keys(checks)) await checks[claim]();
  console.log(`Signing in elsewhere works: ${Object.keys(checks).length} checks.`);
} catch (error) {
  console.error(`OIDC check failed: it is not so that ${claim}. ${error.stack}`);
  process.exitCode = 1;
} finally {
  provider.close();
  provider.closeAllConnections();
}
