// Walks from an authorization URL to the redirect that ends it, and prints that address instead of opening it.
//
//   node approve.mjs URL REDIRECT-PREFIX [approve|deny]
//
// With a server that approves by itself the third argument changes nothing. It knows the pages of oidc-provider, and
// Canaille's consent page.

const [start, stop, decision = 'approve'] = process.argv.slice(2);
const jar = new Map();

const plain = (text) => text.replaceAll('&amp;', '&');
const attribute = (tag, name) => plain(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

// What the person sends next from a page that redirects nowhere.
function decided(page, url, status) {
  if (/\/interaction\/[\w-]+$/.test(url)) return { url: `${url}/${decision}` };
  const form = /<form[^>]*>(?:(?!<\/form>)[\s\S])*name="answer"[\s\S]*?<\/form>/.exec(page)?.[0];
  if (!form) throw new Error(`${status} at ${new URL(url).pathname}`);
  const hidden = form.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  const fields = hidden.map((input) => [attribute(input, 'name'), attribute(input, 'value')]);
  const answer = decision === 'deny' ? 'deny' : 'accept';
  const body = new URLSearchParams([...fields, ['answer', answer]]);
  return { url: new URL(attribute(form, 'action') || url, url).href, body };
}

let url = start;
let method = 'GET';
let body;
for (let hop = 0; hop < 20 && !url.startsWith(stop); hop += 1) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { method, body, redirect: 'manual', headers: { cookie } });
  for (const line of answer.headers.getSetCookie()) {
    const [name, ...value] = line.split(';')[0].split('=');
    jar.set(name, value.join('='));
  }
  const page = await answer.text();
  const next = answer.headers.get('location');
  method = next ? 'GET' : 'POST';
  ({ url, body } = next ? { url: new URL(next, url).href } : decided(page, url, answer.status));
}
console.log(url);
