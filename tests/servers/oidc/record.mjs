// What the token endpoint saw, and the ways it can be made to fail.
//
// Tokens are kept as SHA-256 only: the record is read by tests and printed by the demo.

import { createHash } from 'node:crypto';

const sha256 = (value) => createHash('sha256').update(value).digest('hex');
const maybe = (value) => (typeof value === 'string' ? sha256(value) : undefined);

/** The token endpoint's memory. */
export class Record {
  #entries = [];
  #requests = {};
  #grants = new Set();
  #took = {};

  /** Counts every request of the server by method and path. */
  count(method, pathname) {
    if (pathname.startsWith('/__')) return;
    const path = pathname.replace(/^\/(auth|interaction)\/.*/, '/$1/…');
    const name = `${method} ${path}`;
    this.#requests[name] = (this.#requests[name] ?? 0) + 1;
  }

  /** Notes how long the server itself needed for a request, in milliseconds. */
  took(pathname, milliseconds) {
    if (pathname.startsWith('/__') || pathname.startsWith('/interaction')) return;
    (this.#took[pathname] ??= []).push(milliseconds);
  }

  add(entry) {
    this.#entries.push({ at: new Date().toISOString(), ...entry });
  }

  /** Notes each token request after the provider answered it. */
  middleware(provider) {
    provider.on('refresh_token.saved', (token) => this.#grants.add(token.grantId));
    return async (ctx, next) => {
      await next();
      if (ctx.path !== '/token' || ctx.method !== 'POST') return;
      const asked = ctx.oidc?.body ?? {};
      const answered = !ctx.req.fobwatchLost;
      this.add({
        grant_type: asked.grant_type,
        client_id: ctx.oidc?.client?.clientId ?? asked.client_id,
        refresh_token_sha256: maybe(asked.refresh_token),
        issued_refresh_token_sha256: maybe(ctx.body?.refresh_token),
        status: ctx.status,
        outcome: ctx.status === 200 ? 200 : (ctx.body?.error ?? ctx.status),
        answered,
      });
      if (!answered) {
        ctx.respond = false;
        ctx.res.destroy();
      }
    };
  }

  /** Ends every grant that has a refresh token; tells how many. */
  async revokeGrants(provider) {
    let ended = 0;
    for (const id of this.#grants) {
      const grant = await provider.Grant.find(id);
      if (grant) {
        await grant.destroy();
        ended += 1;
      }
    }
    this.#grants.clear();
    return ended;
  }

  asJson() {
    const refreshes = this.#entries.filter((entry) => entry.grant_type === 'refresh_token');
    const seen = {};
    for (const { refresh_token_sha256: hash } of refreshes) if (hash) seen[hash] = (seen[hash] ?? 0) + 1;
    return {
      token_requests: this.#entries,
      counts: {
        token: this.#entries.length,
        refresh: refreshes.length,
        refresh_ok: refreshes.filter((entry) => entry.outcome === 200).length,
        refresh_refused: refreshes.filter((entry) => entry.outcome !== 200).length,
        most_uses_of_one_refresh_token: Math.max(0, ...Object.values(seen)),
      },
      requests: this.#requests,
      took_ms: this.#took,
    };
  }
}

const MODES = ['ok', 'down', '500', '429', 'hang', 'lost'];

/** The faults of the token endpoint: at most one kind at a time, for ever or for a number of requests. */
export class Faults {
  token = 'ok';
  #left = Infinity;
  #retryAfter;
  #held = new Set();

  set({ token, times, retry_after: retryAfter }) {
    if (!MODES.includes(token)) throw new Error(`token is one of ${MODES.join(', ')}`);
    this.token = token;
    this.#left = times ?? Infinity;
    this.#retryAfter = retryAfter;
    for (const response of this.#held) response.destroy();
    this.#held.clear();
  }

  /** Answers in place of the provider and returns true, unless all is well. */
  answer(request, response, record) {
    const kind = this.token;
    if (kind === 'ok') return false;
    this.#left -= 1;
    if (this.#left <= 0) this.token = 'ok';
    if (kind === 'lost') {
      // The provider does its work and rotates; only the answer never arrives.
      request.fobwatchLost = true;
      return false;
    }
    record.add({ outcome: kind, answered: kind === '500' || kind === '429' });
    request.resume();
    if (kind === 'down') response.destroy();
    if (kind === 'hang') this.#held.add(response);
    if (kind === '500') response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal error</h1>');
    if (kind === '429') {
      const headers = { 'content-type': 'application/json' };
      if (this.#retryAfter) headers['retry-after'] = String(this.#retryAfter);
      response.writeHead(429, headers).end('{"error":"temporarily_unavailable"}');
    }
    return true;
  }
}
