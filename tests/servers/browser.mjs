#!/usr/bin/env node
// A browser without a person: opens an authorization URL, follows redirects with cookies through a server that
// approves by itself, and delivers the answer to the loopback address, as a real browser would.
//
//   node browser.mjs URL        exits 0 when the last page answered below 400

import { request } from 'node:http';

const jar = new Map();
const MAX_HOPS = 20;

// Not fetch(): it calls itself `Sec-Fetch-Mode: cors` whatever it is told, and a navigation is not that.
const navigate = (url) =>
  new Promise((done, failed) => {
    const headers = {
      accept: 'text/html',
      cookie: cookiesFor(url),
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'user-agent': 'Mozilla/5.0 (a browser without a person)',
    };
    const asked = request(url, { headers, agent: false }, (answer) => {
      answer.resume().on('end', () => done(answer)).on('error', failed);
    });
    asked.on('error', failed).end();
  });

function keep(origin, lines) {
  for (const line of lines) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute));
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    const key = `${origin} ${path} ${pair.slice(0, at)}`;
    if (expires && Date.parse(expires.slice(8)) < Date.now()) jar.delete(key);
    else jar.set(key, { origin, path, pair });
  }
}

const cookiesFor = (url) =>
  [...jar.values()]
    .filter(({ origin, path }) => origin === url.origin && url.pathname.startsWith(path))
    .map(({ pair }) => pair)
    .join('; ');

let url = new URL(process.argv[2]);
let status = 0;
for (let hop = 0; hop < MAX_HOPS; hop += 1) {
  const answer = await navigate(url);
  keep(url.origin, answer.headers['set-cookie'] ?? []);
  status = answer.statusCode;
  const next = answer.headers.location;
  if (status < 300 || status >= 400 || !next) break;
  url = new URL(next, url);
}
// The last address may carry a code: only its origin and path are told.
console.error(`browser: ${status} at ${url.origin}${url.pathname}`);
process.exitCode = status >= 200 && status < 300 ? 0 : 1;
