// The page where a person signs in and approves, or, with `auto`, nobody has to.
//
// Sign-in and consent are one step: the result carries the account and a grant of all that was asked.

import { accountOf } from './provider.mjs';

const ACCOUNT = 'octavia@northwind.example';

/** Koa middleware that answers /interaction/… . */
export function interactions(provider, { auto }) {
  return async (ctx, next) => {
    const found = /^\/interaction\/[\w-]+(\/approve|\/deny)?$/.exec(ctx.path);
    if (!found) return next();
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const email = details.params.login_hint || ACCOUNT;
    const posted = ctx.method === 'POST' ? found[1] : undefined;
    if (auto || posted === '/approve') return finish(provider, ctx, await approval(provider, details, email));
    if (posted === '/deny') {
      return finish(provider, ctx, { error: 'access_denied', error_description: 'The person said no.' });
    }
    const client = await provider.Client.find(details.params.client_id);
    ctx.set('cache-control', 'no-store');
    ctx.type = 'html';
    ctx.body = page({ uid: details.uid, email, client: client.clientName, scopes: details.params.scope ?? '' });
    return undefined;
  };
}

async function approval(provider, details, email) {
  const accountId = accountOf(email);
  const { client_id: clientId, scope = '', resource } = details.params;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  for (const one of [resource ?? []].flat()) grant.addResourceScope(one, scope);
  return { login: { accountId }, consent: { grantId: await grant.save() } };
}

async function finish(provider, ctx, result) {
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
}

const escape = (text) =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]);

function page({ uid, email, client, scopes }) {
  const asked = scopes.split(' ').filter(Boolean).map((scope) => `<li><code>${escape(scope)}</code></li>`).join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in to Northwind</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
  main { width: min(24rem, 90vw); border: 1px solid #8884; border-radius: 12px; padding: 2rem; }
  h1 { font-size: 1.25rem; margin: 0 0 .25rem; } p { margin: .25rem 0 1rem; }
  ul { padding-left: 1.25rem; } form { display: inline; }
  button { font: inherit; padding: .5rem 1.25rem; border-radius: 8px; border: 1px solid #8888; cursor: pointer; }
  .yes { background: #2454c7; border-color: #2454c7; color: #fff; }
</style>
<main>
  <h1>Sign in to Northwind</h1>
  <p>as <strong>${escape(email)}</strong></p>
  <p><strong>${escape(client)}</strong> asks for:</p>
  <ul>${asked}</ul>
  <form method="post" action="/interaction/${uid}/approve"><button class="yes">Approve</button></form>
  <form method="post" action="/interaction/${uid}/deny"><button>Deny</button></form>
</main>
</html>`;
}
