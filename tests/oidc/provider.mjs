// A real OpenID provider (npm oidc-provider, certified) with invented people, for the tests of signing in.
// It lets in whom POST /control names, without asking; it says on its first line which port it has.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const [back, afterLogout] = process.argv.slice(2);
const person = { user: 'anna', name: 'Anna Exempelsson', email: 'anna@skola.example', acr: 'loa3', amr: ['pwd', 'mfa'] };
const state = { ...person, refuse: false, signedInAgo: 0, nameInToken: true };
const received = [];
let issuer;
let provider;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

async function grantAll(ctx) {
  const clientId = ctx.oidc.client.clientId;
  const known = ctx.oidc.session.grantIdFor(clientId);
  const grant = known
    ? await ctx.oidc.provider.Grant.find(known)
    : new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

function start() {
  return new Provider(issuer, {
    jwks: { keys: [newKey()] },
    cookies: { keys: ['a key for tests'] },
    clients: [
      {
        client_id: 'tbb',
        client_secret: 'a secret for tests: & + %',
        redirect_uris: [back],
        post_logout_redirect_uris: [afterLogout],
        backchannel_logout_uri: `${new URL(back).origin}/logga-in/oidc/utloggning`,
        backchannel_logout_session_required: true,
      },
    ],
    acrValues: ['loa2', 'loa3'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name'], email: ['email', 'email_verified'] },
    // Some providers tell the name in the token, others only when they are asked for it afterwards.
    conformIdTokenClaims: false,
    async findAccount(ctx, id) {
      const { name, email } = state;
      return {
        accountId: id,
        claims: (use) => ({
          sub: id,
          email,
          email_verified: true,
          ...(use === 'userinfo' || state.nameInToken ? { name } : {}),
        }),
      };
    },
    loadExistingGrant: grantAll,
    // It never calls this machine, as is right; what it would have sent is kept for GET /received.
    async fetch(url, { body: sent }) {
      received.push(new URLSearchParams(sent).get('logout_token'));
      return new Response();
    },
    pkce: { required: () => true },
    ttl: { IdToken: 120, AccessToken: 120, AuthorizationCode: 60, Session: 3600, Interaction: 300, Grant: 3600 },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
  });
}

async function finish(request, response) {
  const { user, acr, amr, refuse, signedInAgo } = state;
  const login = { accountId: user, acr, amr, ts: Math.floor(Date.now() / 1000) - signedInAgo };
  const result = refuse ? { error: 'access_denied', error_description: 'not today' } : { login };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

function tell(response, told) {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(told));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === '/control') {
    const { rotate, reset, ...changes } = JSON.parse(await body(request));
    if (rotate) provider = start();
    if (reset) Object.assign(state, person, { refuse: false, signedInAgo: 0, nameInToken: true });
    Object.assign(state, changes);
    tell(response, {});
  } else if (pathname === '/received') {
    tell(response, received.splice(0));
  } else if (pathname.startsWith('/interaction/')) {
    await finish(request, response);
  } else {
    provider.callback()(request, response);
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error.stack));
  });
});
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  provider = start();
  console.log(JSON.stringify({ issuer }));
});
// When the one who started it is gone, so is it.
process.stdin.on('end', () => process.exit(0)).resume();
