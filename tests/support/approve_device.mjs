// The person at the other device: opens the page with the code in it, confirms the code, and signs in and approves
// where the server does not do that by itself.
//
//   node approve_device.mjs URL [approve|deny]
//
// Prints the last page's status. A server that refuses the code fails this.

const [start, decision = 'approve'] = process.argv.slice(2);
const jar = new Map();

async function visit(url, fields) {
  const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
  const body = fields && new URLSearchParams(fields);
  const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' });
  for (const line of answer.headers.getSetCookie()) {
    const [name, ...value] = line.split(';')[0].split('=');
    jar.set(name, value.join('='));
  }
  const next = answer.headers.get('location');
  return { status: answer.status, url, next: next && new URL(next, url).href, html: await answer.text() };
}

/** Follows redirects, and passes the sign-in page where one waits for a person. */
async function walk(url, fields) {
  let page = await visit(url, fields);
  for (let hop = 0; hop < 20; hop += 1) {
    if (page.next) page = await visit(page.next);
    else if (/\/interaction\/[\w-]+$/.test(page.url)) page = await visit(`${page.url}/approve`, {});
    else return page;
  }
  throw new Error('too many redirects');
}

const hidden = (html) =>
  Object.fromEntries([...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => {
    const of = (name) => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? '';
    return [of('name'), of('value')];
  }));

let page = await walk(start);
// First the code goes in by itself, then the person says that it is the one on the screen.
for (const said of [{}, decision === 'approve' ? { confirm: 'yes' } : { abort: 'yes' }]) {
  const action = /<form[^>]*action="([^"]+)"/.exec(page.html)?.[1];
  if (!action) throw new Error(`${page.status} and no form at ${new URL(page.url).pathname}`);
  const { xsrf, user_code } = hidden(page.html);
  page = await walk(new URL(action, page.url).href, { xsrf, user_code, ...said });
}
if (page.status >= 400 && decision === 'approve') throw new Error(`${page.status} at ${new URL(page.url).pathname}`);
console.log(page.status);
