// The hostile sequences, one function each, and the judgement that is the same for all: does the login live?
//
// The invariant: a sequence sees a client only through its five verbs, so no client meets another sequence than the
// others do.

// Access tokens that live so short that each request after a wait is a renewal.
export const LIFETIME = 4;
const GRACE = 5;
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const expire = () => sleep(LIFETIME + 0.3);

// Asks once a second until there is a token; how long that took, or null.
async function until(client, seconds = 40) {
  const from = Date.now();
  for (;;) {
    const answer = await client.ask();
    if (answer.ok) return (Date.now() - from) / 1000;
    if (Date.now() - from > seconds * 1000) return null;
    await sleep(1);
  }
}

// One renewal goes wrong; the person asks again until there is a token.
const broken = (fault) => async (client, server) => {
  await expire();
  server.faults.push(fault);
  const first = await client.ask();
  const recovered = first.ok ? 0 : await until(client);
  return { first, recovered };
};

async function ordinary(client) {
  for (let i = 0; i < 3; i += 1) {
    await expire();
    await client.ask();
  }
  client.kill();
  await client.restart();
  return {};
}

// A renewal on demand, three times at most.
async function renewed(client, server) {
  const before = server.accessTokens.size;
  for (let i = 0; i < 3; i += 1) {
    const answer = await client.renew();
    if (answer.ok && server.accessTokens.size > before) return true;
    await sleep(0.5);
  }
  return false;
}

// What is asked without the server ever telling when a token ends: five times within its life, once after it.
async function unknownExpiry(client, server) {
  const before = server.renewals.length;
  const answers = [];
  for (let i = 0; i < 5; i += 1) answers.push(await client.ask());
  const asked = server.renewals.length - before;
  await expire();
  const late = await client.ask();
  await client.renew();
  const got = answers.filter((answer) => answer.ok).length;
  const state = server.takes(late.stdout) ? 'a good' : 'an ended';
  return { note: `${got} of 5 early requests got a token, by ${asked} renewals; after its end ${state} one` };
}

async function twoAtOnce(client, server) {
  let failed = 0;
  for (let i = 0; i < 3; i += 1) {
    await expire();
    server.faults.push({ name: 'slow', milliseconds: 300 });
    const answers = await Promise.all([client.ask(), client.ask()]);
    failed += answers.filter((answer) => !answer.ok).length;
  }
  return { note: `${failed} of 6 requests failed` };
}

async function twoAgents(client) {
  const other = await client.second();
  let failed = 0;
  for (let i = 0; i < 3; i += 1) {
    await expire();
    const answers = await Promise.all([client.ask(), other.ask()]);
    failed += answers.filter((answer) => !answer.ok).length;
  }
  return { note: `${failed} of 6 requests failed` };
}

// `kill -9` so long after the whole answer was handed to the system for delivery.
const crash = (milliseconds) => async (client, server) => {
  const dead = new Promise((done) => {
    const kill = () => (client.kill(), done());
    server.faults.push({ name: 'crash', kill: () => (milliseconds ? setTimeout(kill, milliseconds) : kill()) });
  });
  const asked = client.renew();
  await dead;
  await asked;
  await client.restart();
  return {};
};

const strict = { lifetime: LIFETIME };
const lenient = { lifetime: LIFETIME, grace: GRACE };
const DELAYS = [0, 20, 50, 100, 200, 500, 1000, 2000];
const RUNS = 3;
const KILLS = 5;

export const sequences = [
  { id: 'ordinary', title: 'three ordinary renewals, `kill -9` at rest, start again', server: strict, play: ordinary },
  { id: '429', title: '429 with `Retry-After: 5`', server: strict, play: broken({ name: '429', seconds: 5 }) },
  { id: '200-html', title: 'HTTP 200 with a web page', server: strict, play: broken({ name: '200-html' }) },
  {
    id: '200-error',
    title: 'HTTP 200 with `temporarily_unavailable`',
    server: strict,
    play: broken({ name: '200-error', error: 'temporarily_unavailable' }),
  },
  { id: 'expires', title: 'never an `expires_in`', server: { ...strict, omitExpiry: true }, play: unknownExpiry },
  { id: 'bearer', title: '`token_type` is `bearer`', server: { ...strict, tokenType: 'bearer' }, play: broken(undefined) },
  { id: 'lost', title: 'lost answer, no second try allowed', server: strict, play: broken({ name: 'lost' }) },
  { id: 'lost-grace', title: `lost answer, ${GRACE} s of grace`, server: lenient, play: broken({ name: 'lost' }) },
  { id: 'two', title: 'two requests at once, at three expiries', server: strict, play: twoAtOnce },
  { id: 'agents', title: 'two agents, at three expiries', server: strict, play: twoAgents },
].map((sequence) => ({ ...sequence, runs: RUNS }));

const kills = (server, id, after) => (milliseconds) => ({
  id: `${id}-${milliseconds}`,
  title: `\`kill -9\` ${milliseconds} ms after the answer, ${after}`,
  server,
  play: crash(milliseconds),
  runs: KILLS,
  // Their figures are milliseconds: not beside many others.
  quiet: true,
});
sequences.push(...DELAYS.map(kills(strict, 'crash', 'no second try allowed')));
sequences.push(...[0, 100].map(kills(lenient, 'crash-grace', `${GRACE} s of grace`)));

// Whether two more renewals without any fault succeed: only a login that lives has both.
export async function lives(client, server, sequence) {
  server.faults = [];
  if (sequence.quiet) {
    for (let i = 0; i < 2; i += 1) if (!(await renewed(client, server))) return false;
    return true;
  }
  for (let i = 0; i < 2; i += 1) {
    const from = server.renewals.filter((entry) => entry.verdict === 'rotated').length;
    await expire();
    if ((await until(client, 12)) === null) return false;
    if (server.omitExpiry) await client.renew();
    if (server.renewals.filter((entry) => entry.verdict === 'rotated').length === from) return false;
  }
  return true;
}
