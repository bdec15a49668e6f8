#!/usr/bin/env node
// Who still has the login: plays the hostile sequences with each client that is installed and prints the table.
//
//   FOB=/path/to/fob run.mjs [--json FILE] [ID...]     only the sequences whose ids begin so
//
// Runs in a session of its own: ../session/session.sh --keyring unlocked -- node run.mjs

import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

import { Fobwatch, OidcAgent } from './clients.mjs';
import { lives, sequences } from './sequences.mjs';
import { Server } from './server.mjs';

const AT_ONCE = 4;
const wanted = process.argv.slice(2);
const file = wanted[0] === '--json' ? wanted.splice(0, 2)[1] : null;

async function play(Client, sequence) {
  const server = await new Server(sequence.server).start();
  const client = new Client();
  const result = { client: Client.title, sequence: sequence.id };
  try {
    await client.signIn(server);
    const before = server.record.length;
    const { first, recovered, note } = await sequence.play(client, server);
    const seen = () => server.record.slice(before).filter((entry) => entry.grant === 'refresh_token');
    result.during = seen().length;
    result.lives = await lives(client, server, sequence);
    const all = seen();
    Object.assign(result, { note, recovered, firstOk: first?.ok, said: first?.stderr || undefined });
    result.requests = all.length;
    result.replays = all.filter((entry) => entry.verdict === 'replay').length;
    result.afterRevocation = all.filter((entry) => entry.verdict === 'family is revoked').length;
    const sent = all.map((entry) => entry.generation);
    result.mostSends = Math.max(0, ...sent.map((one) => sent.filter((other) => other === one).length));
    result.early = all.filter((entry) => entry.fault === 'early').length;
    result.verdicts = all.map((entry) => `${entry.generation}:${entry.fault}:${entry.verdict ?? '-'}`);
    result.broken = server.record.find((entry) => entry.broken)?.broken;
  } catch (error) {
    result.failed = String(error.stack);
  } finally {
    client.stop();
    server.stop();
  }
  console.error(`${result.client} ${result.sequence}: ${result.failed?.split('\n')[0] ?? (result.lives ? 'lives' : 'lost')}`);
  return result;
}

async function pool(jobs, width) {
  const results = [];
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) results.push(await job());
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

const range = (numbers) => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? `${least}` : `${least}–${most}`;
};

// One cell: of how many runs the login lived, replays, and the requests that the server saw during the sequence.
function cell(results) {
  const failed = results.filter((result) => result.failed);
  if (failed.length) return `could not be played: ${failed[0].failed.split('\n')[0]}`;
  const living = results.filter((result) => result.lives).length;
  const replays = results.filter((result) => result.replays).length;
  const parts = [`**${living} of ${results.length}** live`, replays ? `replay in ${replays}` : 'no replay'];
  parts.push(`requests: ${range(results.map((result) => result.during))}`);
  const sends = Math.max(...results.map((result) => result.mostSends));
  if (replays) parts.push(`one token sent up to ${sends} times`);
  const waits = results.map((result) => result.recovered).filter((wait) => typeof wait === 'number');
  if (waits.some((wait) => wait > 0)) parts.push(`token again after ${range(waits.map((wait) => Math.round(wait)))} s`);
  const early = results.map((result) => result.early);
  if (early.some(Boolean)) parts.push(`${range(early)} of them too early`);
  parts.push(...new Set(results.map((result) => result.note).filter(Boolean)));
  return parts.join(', ');
}

const clients = [];
for (const Client of [Fobwatch, OidcAgent]) {
  const version = await Client.version();
  if (version) clients.push({ Client, version });
  else console.log(`${Client.title} is not installed: its column is left out.`);
}
console.log('pizauth could not be had (docs/peers.md): it has no column.');
if (!clients.length) process.exit(0);

const chosen = sequences.filter(({ id }) => !wanted.length || wanted.some((start) => id.startsWith(start)));
const jobs = (list) =>
  list.flatMap((sequence) =>
    Array.from({ length: sequence.runs }, () => clients.map(({ Client }) => () => play(Client, sequence))).flat(),
  );
const load = [loadavg()[0]];
const watch = setInterval(() => load.push(loadavg()[0]), 10_000);
const results = await pool(jobs(chosen.filter((sequence) => !sequence.quiet)), AT_ONCE);
results.push(...(await pool(jobs(chosen.filter((sequence) => sequence.quiet)), 2)));

clearInterval(watch);
console.log(`${availableParallelism()} cores, load while it ran: ${range(load.map(Math.round))}.`);
console.log(`\n| sequence | ${clients.map(({ version }) => version).join(' | ')} |`);
console.log(`|---${'|---'.repeat(clients.length)}|`);
for (const { id, title } of chosen) {
  const mine = (Client) => results.filter((result) => result.sequence === id && result.client === Client.title);
  console.log(`| ${title} | ${clients.map(({ Client }) => cell(mine(Client))).join(' | ')} |`);
}
if (file) writeFileSync(file, JSON.stringify(results, null, 1));
