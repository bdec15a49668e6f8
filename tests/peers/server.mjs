// An authorization server on loopback that approves by itself, rotates refresh tokens, revokes the family when a
// replaced one comes back, and misbehaves at a renewal when told to.
//
// The invariant: what it did is in its record before the first byte of an answer leaves. The table is made from that
// record and from what the client printed, never from what a client says about itself.
//
// It is no part of Fobwatch and none of its modules: every client in the table meets the same one.

import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'peers', use: 'sig', alg: 'RS256' };
const secret = () => randomBytes(24).toString('base64url');
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Server {
  // lifetime: seconds; omitExpiry, tokenType: how answers look; grace: seconds for which the token before the newest
  // is taken once more, 0 for none.
  constructor({ lifetime = 3600, omitExpiry = false, tokenType = 'Bearer', grace = 0 } = {}) {
    Object.assign(this, { lifetime, omitExpiry, tokenType, grace });
    this.codes = new Map();
    this.families = [];
    this.known = new Map();
    // Each entry is taken by one renewal: a name in `faults`, with what it needs.
    this.faults = [];
    this.record = [];
    this.accessTokens = new Map();
    this.quietUntil = 0;
    this.listener = createServer((request, response) =>
      this.handle(request, response).catch((error) => {
        this.record.push({ at: Date.now(), broken: String(error.stack) });
        response.destroy();
      }),
    );
  }

  async start() {
    await new Promise((done) => this.listener.listen(0, '127.0.0.1', done));
    this.issuer = `http://127.0.0.1:${this.listener.address().port}`;
    return this;
  }

  stop() {
    this.listener.closeAllConnections();
    this.listener.close();
  }

  // Every request that presented a refresh token, whatever came of it.
  get renewals() {
    return this.record.filter((entry) => entry.grant === 'refresh_token');
  }

  // Whether a resource would take this access token now.
  takes(access) {
    const token = this.accessTokens.get(access);
    return token !== undefined && !token.family.revoked && Date.now() < token.endsAt;
  }

  async handle(request, response) {
    const url = new URL(request.url, this.issuer);
    const json = (status, value, headers = {}) => {
      const body = JSON.stringify(value);
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
      response.end(body);
    };
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, this.metadata());
      case '/jwks':
        return json(200, { keys: [jwk] });
      case '/userinfo':
        return json(200, { sub: 'ada' });
      case '/authorize':
        return this.authorize(url.searchParams, response);
      case '/token':
        return this.token(request, response, json);
      default:
        return json(404, {});
    }
  }

  metadata() {
    const at = (path) => this.issuer + path;
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      scopes_supported: ['openid', 'offline_access'],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  // Nobody is asked: the person approves at once.
  authorize(query, response) {
    const code = secret();
    this.codes.set(code, Object.fromEntries(query));
    const back = new URL(query.get('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  async token(request, response, json) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    const client = form.get('client_id') ?? basicUser(request.headers.authorization);
    const entry = { at: Date.now(), grant: form.get('grant_type') };
    this.record.push(entry);
    if (entry.grant === 'authorization_code') return json(...this.exchange(form, client, entry));
    if (entry.grant !== 'refresh_token') return json(400, { error: 'unsupported_grant_type' });
    return this.renew(form.get('refresh_token'), client, entry, response, json);
  }

  exchange(form, client, entry) {
    const asked = this.codes.get(form.get('code'));
    this.codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!asked || (asked.code_challenge && asked.code_challenge !== challenge)) {
      entry.verdict = 'refused';
      return [400, { error: 'invalid_grant' }];
    }
    const family = { client, nonce: asked.nonce, scope: asked.scope ?? '', revoked: false, generation: 0 };
    this.families.push(family);
    entry.verdict = 'issued';
    return [200, this.issue(family)];
  }

  // What a renewal does to the family. A fault that is applied before this leaves the family alone.
  judge(presented, entry) {
    const family = this.known.get(presented)?.family;
    const generation = entry.generation;
    if (!family) entry.verdict = 'unknown token';
    else if (family.revoked) entry.verdict = 'family is revoked';
    else if (generation === family.generation) entry.verdict = 'rotated';
    else if (generation === family.generation - 1 && Date.now() - family.rotatedAt < this.grace * 1000) {
      entry.verdict = 'in grace';
    } else {
      entry.verdict = 'replay';
      family.revoked = true;
    }
    return ['rotated', 'in grace'].includes(entry.verdict) ? family : null;
  }

  async renew(presented, client, entry, response, json) {
    const early = Date.now() < this.quietUntil;
    const fault = early ? { name: 'early' } : this.faults.shift();
    entry.fault = fault?.name ?? 'none';
    entry.generation = this.known.get(presented)?.generation;
    // Up to here the server has done nothing: the refresh token stays good.
    if (fault?.name === '429') this.quietUntil = Date.now() + fault.seconds * 1000;
    if (early || fault?.name === '429') {
      const wait = String(Math.max(1, Math.ceil((this.quietUntil - Date.now()) / 1000)));
      return json(429, { error: 'slow_down' }, { 'retry-after': wait });
    }
    if (fault?.name === '200-html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      return response.end('<!doctype html><title>Sign in to the guest network</title><p>Welcome.');
    }
    if (fault?.name === '200-error') return json(200, { error: fault.error, error_description: 'Try again later.' });
    if (fault?.name === 'slow') await new Promise((done) => setTimeout(done, fault.milliseconds));

    const family = this.judge(presented, entry);
    if (!family) return json(400, { error: 'invalid_grant' });
    const answer = this.issue(family);
    // The server has done its work, and the connection ends without a byte of an answer.
    if (fault?.name === 'lost') return response.destroy();
    if (fault?.name === 'crash') response.on('finish', () => fault.kill());
    return json(200, answer);
  }

  issue(family) {
    family.generation += 1;
    family.rotatedAt = Date.now();
    const refresh = `rt-${secret()}`;
    this.known.set(refresh, { family, generation: family.generation });
    const access = `at-${secret()}`;
    this.accessTokens.set(access, { family, endsAt: Date.now() + this.lifetime * 1000 });
    const now = Math.floor(Date.now() / 1000);
    const answer = {
      access_token: access,
      token_type: this.tokenType,
      refresh_token: refresh,
      scope: family.scope,
    };
    if (!this.omitExpiry) answer.expires_in = this.lifetime;
    if (family.scope.split(' ').includes('openid') && family.generation === 1) {
      const claims = { iss: this.issuer, sub: 'ada', aud: family.client, iat: now, exp: now + 600, nonce: family.nonce };
      const body = `${part({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' })}.${part(claims)}`;
      answer.id_token = `${body}.${sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
    }
    return answer;
  }
}

const basicUser = (header) =>
  header?.startsWith('Basic ')
    ? decodeURIComponent(Buffer.from(header.slice(6), 'base64').toString().split(':')[0])
    : undefined;
