// The provider's configuration: clients, scopes, rotation and token format.
//
// Rotation with reuse detection is oidc-provider's own: a replayed refresh token ends the whole grant.

import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { Provider, errors } from 'oidc-provider';
// The store of oidc-provider itself, which would otherwise begin empty with every new set of keys.
import MemoryAdapter from './node_modules/oidc-provider/lib/adapters/memory_adapter.js';

/** The audience of JWT access tokens. */
export const ORDERS = 'https://orders.northwind.example';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'orders:read', 'orders:write'];
const LOOPBACK = ['http://127.0.0.1/callback', 'http://[::1]/callback'];

class Kept extends MemoryAdapter {}

/** What DPoP nonces are made from, for all the keys of one run. */
const nonceSecret = randomBytes(32);

/** Makes the provider for `issuer`. */
export async function makeProvider(options) {
  const { issuer, accessTtl, rotate, format, redirectUris, par, dpopNonce, clientKey, signing } = options;
  const jwt = format === 'jwt';
  const provider = new Provider(issuer, {
    adapter: Kept,
    clients: clients(redirectUris, clientKey),
    jwks: { keys: [signing.jwk] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    // Claims of the asked scopes go into the ID token too, so that a client can name the account.
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => account(id),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: rotate,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ttl: {
      AccessToken: accessTtl,
      ClientCredentials: accessTtl,
      IdToken: 3600,
      RefreshToken: 30 * 86400,
      Grant: 30 * 86400,
      Session: 86400,
      Interaction: 600,
      AuthorizationCode: 60,
      DeviceCode: 600,
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      userinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: par !== 'off', requirePushedAuthorizationRequests: par === 'required' },
      dPoP: { enabled: true, nonceSecret, requireNonce: () => dpopNonce },
      registration: { enabled: true, initialAccessToken: false },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? (jwt ? ORDERS : undefined),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPES.join(' '),
          audience: ORDERS,
          accessTokenTTL: accessTtl,
          accessTokenFormat: format,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  exchange(provider);
  return provider;
}

/** Token exchange (RFC 8693), which oidc-provider leaves to its user: a narrower opaque token for an opaque one. */
function exchange(provider) {
  provider.registerGrantType(
    EXCHANGE,
    async (ctx) => {
      const { subject_token: given, scope } = ctx.oidc.params;
      const subject = await provider.AccessToken.find(given);
      if (!subject) throw new errors.InvalidGrant('the subject token is unknown');
      const has = new Set((subject.scope ?? '').split(' '));
      const wanted = (scope ?? '').split(' ').filter(Boolean);
      const more = wanted.find((one) => !has.has(one));
      if (more) throw new errors.InvalidScope('the subject token has less', more);
      const { accountId, grantId } = subject;
      const token = new provider.AccessToken({ accountId, grantId, client: ctx.oidc.client, gty: 'exchange', scope });
      ctx.body = {
        access_token: await token.save(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: token.expiration,
        scope,
      };
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope'],
  );
}

function clients(redirectUris, clientKey) {
  const shared = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
  const native = { ...shared, application_type: 'native', redirect_uris: LOOPBACK };
  const list = [
    {
      ...native,
      client_id: 'fobwatch-demo',
      client_name: 'Fobwatch demo',
      token_endpoint_auth_method: 'none',
      grant_types: [...shared.grant_types, 'urn:ietf:params:oauth:grant-type:device_code', EXCHANGE],
    },
    {
      ...native,
      client_id: 'fobwatch-basic',
      client_name: 'Fobwatch, confidential (Basic)',
      client_secret: 'northwind-basic-client-secret-4d1f6c',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      ...native,
      client_id: 'fobwatch-post',
      client_name: 'Fobwatch, confidential (POST)',
      client_secret: 'northwind-post-client-secret-9be207',
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      client_id: 'fobwatch-machine',
      client_name: 'Northwind nightly job',
      client_secret: 'northwind-machine-client-secret-c2a883',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ];
  list.push({
    ...native,
    client_id: 'fobwatch-key',
    client_name: 'Fobwatch, with a private key',
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: [...shared.grant_types, 'client_credentials'],
    jwks: { keys: [clientKey.publicJwk] },
  });
  if (redirectUris.length > 0) {
    list.push({
      ...shared,
      client_id: 'fobwatch-exact',
      client_name: 'Fobwatch, whole address compared',
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      redirect_uris: redirectUris,
    });
  }
  return list;
}

const emails = new Map();

/** Returns the account id of `email`. Any address is an account; its id is stable and is not the address. */
export function accountOf(email) {
  const id = `usr_${createHash('sha256').update(email).digest('hex').slice(0, 16)}`;
  emails.set(id, email);
  return id;
}

function account(id) {
  const email = emails.get(id);
  if (!email) return undefined;
  const user = email.split('@')[0];
  const name = user
    .split('.')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
  return {
    accountId: id,
    claims: () => ({ sub: id, name, preferred_username: user, email, email_verified: true }),
  };
}

/** Makes an RSA key in every form that is needed: private JWK, public JWK, PEM. */
export async function newKey() {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const names = { alg: 'RS256', use: 'sig', kid: createHash('sha256').update(jwk.n).digest('base64url').slice(0, 12) };
  return {
    jwk: { ...jwk, ...names },
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...names },
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
  };
}
