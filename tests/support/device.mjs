// The person at the other device: opens the page with the code in it, confirms the code, and approves or denies.
// Sends each form as it stands in the page, at any server, up to the page that asks nothing more.
//
//   node device.mjs URL [approve|deny]
//
// URL is the verification address with the code in it. A server that refuses the code fails this.

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

const of = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

/** The button that says what the person means, as a name and a value. */
function button(html) {
  const buttons = [...html.matchAll(/<button[^>]*name="[^>]*>/g)].map(([tag]) => [of(tag, 'name'), of(tag, 'value')]);
  const meant = decision === 'approve' ? ['accept'] : ['deny', 'abort'];
  return buttons.find((pair) => pair.some((word) => meant.includes(word)));
}

/** The fields of the page's form. */
function filled({ url, html }) {
  const fields = {};
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) fields[of(tag, 'name')] = of(tag, 'value') ?? '';
  fields.user_code ||= new URL(url).searchParams.get('user_code') ?? new URL(start).searchParams.get('user_code');
  return fields;
}

let page = await walk(start);
let denied = false;
for (let forms = 0; forms < 4 && !denied; forms += 1) {
  const form = /<form[^>]*>/.exec(page.html)?.[0];
  if (!form) break;
  const pressed = button(page.html);
  // What a server shows after a no is the first page again.
  denied = decision !== 'approve' && pressed !== undefined;
  const fields = { ...filled(page), ...(pressed && { [pressed[0]]: pressed[1] }) };
  page = await walk(new URL(of(form, 'action') ?? '', page.url).href, fields);
}
const open = /<form[^>]*>/.test(page.html) || page.status >= 400;
if (open && !denied) throw new Error(`${page.status} at ${new URL(page.url).pathname}, and nothing was decided`);
