// The person who approves (or denies) a device code on a phone.
//
//   node device.mjs URL [approve|deny]
//
// URL is the verification address with the code in it. The server's sign-in page must approve by itself.

const [start, decision = 'approve'] = process.argv.slice(2);
const jar = new Map();

async function visit(url, form) {
  let next = new URL(url);
  let options = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  for (let hop = 0; hop < 20; hop += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(next, { ...options, redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(';')[0].split('=');
      jar.set(name, value.join('='));
    }
    const location = answer.headers.get('location');
    if (!location) return { url: next, status: answer.status, page: await answer.text() };
    next = new URL(location, next);
    options = {};
  }
  throw new Error('too many redirects');
}

const field = (page, name) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(page)?.[1];

let { url, page, status } = await visit(start);
const code = url.searchParams.get('user_code') ?? new URL(start).searchParams.get('user_code');
const action = new URL(/action="([^"]*)"/.exec(page)?.[1] ?? url, url);
const form = { xsrf: field(page, 'xsrf'), user_code: code };
({ page, status } = await visit(action, { ...form, ...(decision === 'deny' ? { abort: 'yes' } : { confirm: 'yes' }) }));
const again = field(page, 'xsrf');
if (again && /name="confirm"/.test(page)) ({ page, status } = await visit(action, { ...form, xsrf: again, confirm: 'yes' }));
console.error(`device: ${status}: ${/<h1>([^<]*)/.exec(page)?.[1] ?? ''}`);
process.exitCode = status < 400 || decision === 'deny' ? 0 : 1;
