// Walks from an authorization URL to the redirect that ends it, and prints that address instead of opening it.
//
//   node approve.mjs URL REDIRECT-PREFIX [approve|deny]
//
// With a server that approves by itself the third argument changes nothing.

const [start, stop, decision = 'approve'] = process.argv.slice(2);
const jar = new Map();
let url = start;
let method = 'GET';
for (let hop = 0; hop < 20 && !url.startsWith(stop); hop += 1) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { method, redirect: 'manual', headers: { cookie } });
  for (const line of answer.headers.getSetCookie()) {
    const [name, ...value] = line.split(';')[0].split('=');
    jar.set(name, value.join('='));
  }
  await answer.arrayBuffer();
  const next = answer.headers.get('location');
  if (!next && !/\/interaction\/[\w-]+$/.test(url)) throw new Error(`${answer.status} at ${new URL(url).pathname}`);
  method = next ? 'GET' : 'POST';
  url = next ? new URL(next, url).href : `${url}/${decision}`;
}
console.log(url);
