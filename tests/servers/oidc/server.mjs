// A real OpenID provider (oidc-provider) on loopback, for the demo and for tests.
//
// Prints one JSON line when it answers, then stays quiet. Nothing here is known to the product: it meets this
// server as it meets any other, by its discovery document.
//
//   node server.mjs [--port 0] [--access-ttl 15] [--rotate yes|no] [--format jwt|opaque] [--auto]
//                   [--redirect-uri URL]... [--par off|offered|required] [--dpop-nonce] [--until-stdin-closes]
//
// POST /__mode {"token":"ok|down|500|429|hang|lost","times":N,"retry_after":"2"}  breaks the token endpoint
// POST /__revoke                                                  ends every grant, as an administrator would
// POST /__rotate_keys                                             signs with a new key from now on
// GET  /__record                                                  what the token endpoint saw (hashes only)
// GET  /__client_key                                              the private key of the client fobwatch-key, as PEM

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { makeProvider, newKey } from './provider.mjs';
import { interactions } from './interactions.mjs';
import { Faults, Record } from './record.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'access-ttl': { type: 'string', default: '15' },
    rotate: { type: 'string', default: 'yes' },
    format: { type: 'string', default: 'jwt' },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
    par: { type: 'string', default: 'off' },
    'dpop-nonce': { type: 'boolean', default: false },
    auto: { type: 'boolean', default: false },
    'until-stdin-closes': { type: 'boolean', default: false },
  },
});

const accessTtl = Number(options['access-ttl']);
if (!Number.isInteger(accessTtl) || accessTtl < 1) throw new Error('--access-ttl is a number of seconds');
if (!['yes', 'no'].includes(options.rotate)) throw new Error('--rotate is yes or no');
if (!['off', 'offered', 'required'].includes(options.par)) throw new Error('--par is off, offered or required');
if (!['jwt', 'opaque'].includes(options.format)) throw new Error('--format is jwt or opaque');

// The issuer's own port is part of its name, so the socket comes first.
const http = createServer();
await new Promise((listening) => http.listen(Number(options.port), '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${http.address().port}`;

const record = new Record();
const faults = new Faults();
const clientKey = await newKey();

// A server that rolls its keys is the same server with other keys: what it knows lives outside of the provider.
let provider;
let callback;
async function serveWith(signing) {
  provider = await makeProvider({
    issuer,
    accessTtl,
    rotate: options.rotate === 'yes',
    format: options.format,
    redirectUris: options['redirect-uri'],
    par: options.par,
    dpopNonce: options['dpop-nonce'],
    clientKey,
    signing,
  });
  provider.use(record.middleware(provider));
  provider.use(interactions(provider, { auto: options.auto }));
  callback = provider.callback();
  return signing.jwk.kid;
}
await serveWith(await newKey());

http.on('request', (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  record.count(request.method, pathname);
  const began = performance.now();
  response.on('finish', () => record.took(pathname, performance.now() - began));
  if (pathname === '/__record') return json(response, 200, record.asJson());
  if (request.method === 'POST' && pathname === '/__mode') return changeMode(request, response);
  if (request.method === 'POST' && pathname === '/__revoke') return revokeAll(response);
  if (request.method === 'POST' && pathname === '/__rotate_keys') return rotateKeys(response);
  if (pathname === '/__client_key') return json(response, 200, { pem: clientKey.pem });
  if (pathname === '/token' && faults.answer(request, response, record)) return undefined;
  return callback(request, response);
});

async function changeMode(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    faults.set(JSON.parse(body));
    json(response, 200, { token: faults.token });
  } catch (error) {
    json(response, 400, { error: String(error.message) });
  }
}

async function rotateKeys(response) {
  json(response, 200, { kid: await serveWith(await newKey()) });
}

async function revokeAll(response) {
  json(response, 200, { revoked: await record.revokeGrants(provider) });
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

function stop() {
  http.close();
  http.closeAllConnections();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (options['until-stdin-closes']) {
  // A test that is killed cannot clean up; its end of this pipe closes all the same.
  process.stdin.resume();
  process.stdin.on('end', stop);
}

console.log(JSON.stringify({ issuer, admin: `${issuer}/__record` }));
