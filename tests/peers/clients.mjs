// The clients that are compared, each behind the same five verbs: sign in, ask, renew, die, start again.
//
// The invariant: each is used as its own manual says, with the settings that serve it best. What an adapter does for one
// it may not leave out for another.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BROWSER = fileURLToPath(new URL('../servers/browser.mjs', import.meta.url));
const SCOPE = ['openid', 'offline_access'];
// A client that says nothing for so long has failed at that request.
const PATIENCE = 45_000;

const start = (program, args, env) => {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (run.stdout += chunk));
  child.stderr.on('data', (chunk) => (run.stderr += chunk));
  run.ended = new Promise((done) => {
    child.on('error', (error) => done({ ok: false, code: -1, stdout: '', stderr: error.message }));
    child.on('close', (code) => done({ ok: code === 0, code, stdout: run.stdout.trim(), stderr: run.stderr.trim() }));
  });
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  run.ended.then(() => clearTimeout(late));
  return run;
};
const finish = (...args) => start(...args).ended;

// The first match of `pattern` in what a running program prints.
async function printed(run, pattern) {
  for (;;) {
    const found = pattern.exec(run.stdout) ?? pattern.exec(run.stderr);
    if (found) return found[1];
    if (run.child.exitCode !== null) throw new Error(`ended early: ${run.stdout}${run.stderr}`);
    await Promise.race([once(run.child.stdout, 'data'), once(run.child.stderr, 'data'), run.ended]);
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

async function signedIn(run, address) {
  await finish(process.execPath, [BROWSER, address]);
  const end = await run.ended;
  if (!end.ok) throw new Error(`the sign-in failed: ${end.stdout} ${end.stderr}`);
}

// A process and all below it, oldest first.
function tree(pid) {
  try {
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return [pid, ...below.flatMap(tree)];
  } catch {
    return [];
  }
}

// Ends programs that are still running; the number of one that has ended may be somebody else's by now.
const killRunning = (children) =>
  killAll(children.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => child.pid));

function killAll(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

export class Fobwatch {
  static title = 'Fobwatch';
  static program = process.env.FOB;

  static async version() {
    if (!this.program) return null;
    const { ok, stdout } = await finish(this.program, ['--version']);
    return ok ? stdout : null;
  }

  constructor() {
    this.env = { FOB_HOME: mkdtempSync(join(tmpdir(), 'fob-')) };
    this.agents = [];
    this.asking = [];
  }

  run(...args) {
    const run = start(Fobwatch.program, args, this.env);
    this.asking.push(run.child);
    return run.ended;
  }

  async signIn(server) {
    const scopes = SCOPE.flatMap((scope) => ['--scope', scope]);
    const args = ['login', 'peer', '--issuer', server.issuer, '--client-id', 'peers', ...scopes, '--no-browser', '--json'];
    const run = start(Fobwatch.program, args, this.env);
    await signedIn(run, await printed(run, /"url":"([^"]+)"/));
  }

  ask() {
    return this.run('token', 'peer', '--min-validity', '1s');
  }

  renew() {
    return this.run('refresh', 'peer', '--force');
  }

  // The processes that a crash takes: those that ask.
  kill() {
    killRunning(this.asking);
  }

  // Nothing has to run between two requests.
  async restart() {}

  // A second one beside the first: both keep the same vault fresh.
  async second() {
    for (let i = 0; i < 2; i += 1) this.agents.push(start(Fobwatch.program, ['agent', '--foreground'], this.env));
    return this;
  }

  stop() {
    killRunning(this.agents.map((agent) => agent.child));
  }
}

export class OidcAgent {
  static title = 'oidc-agent';

  static async version() {
    const { ok, stdout } = await finish('oidc-agent', ['--version']);
    return ok ? stdout : null;
  }

  constructor(home = mkdtempSync(join(tmpdir(), 'oidc-'))) {
    this.home = home;
    this.password = join(home, 'password');
    writeFileSync(this.password, 'peers\n');
    mkdirSync(join(home, '.config'), { recursive: true });
    this.env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), TMPDIR: home };
  }

  async startAgent() {
    const { stdout } = await finish('oidc-agent', ['--json'], this.env);
    const told = JSON.parse(stdout);
    this.env = { ...this.env, OIDC_SOCK: told.socket, OIDCD_PID: String(told.dpid) };
    this.agent = Number(told.dpid);
    // It tells its address before it listens there.
    for (let i = 0; i < 50; i += 1) {
      if ((await finish('oidc-add', ['--loaded'], this.env)).ok) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error('the agent does not answer');
  }

  // `--pw-store`: without it the agent cannot save a rotated refresh token, and asks a person each time.
  load() {
    return finish('oidc-add', [`--pw-file=${this.password}`, '--pw-store', 'peer'], this.env);
  }

  async signIn(server) {
    await this.startAgent();
    const redirect = `http://localhost:${await freePort()}`;
    const args = ['peer', '--manual', `--iss=${server.issuer}`, '--client-id=peers', '--client-secret='];
    args.push(`--scope=${SCOPE.join(' ')}`, '--flow=code', `--redirect-uri=${redirect}`, '--no-url-call', '--no-scheme');
    args.push(`--pw-file=${this.password}`, '--prompt=none', '--confirm-default');
    const run = start('oidc-gen', args, this.env);
    await signedIn(run, await printed(run, /^(http:\S+authorize\?\S+)$/m));
    // The agent that made the account has no password for it; one that is started with the account has.
    this.kill();
    await this.startAgent();
    const loaded = await this.load();
    if (!loaded.ok) throw new Error(`the account was not loaded: ${loaded.stdout} ${loaded.stderr}`);
  }

  ask() {
    return finish('oidc-token', ['--time=1', 'peer'], this.env);
  }

  renew() {
    return finish('oidc-token', ['--force-new', 'peer'], this.env);
  }

  // The processes that a crash takes: the agent with all its parts.
  kill() {
    if (this.agent) killAll(tree(this.agent));
    this.agent = null;
  }

  async restart() {
    this.kill();
    await this.startAgent();
    return this.load();
  }

  // A second one beside the first: another agent, as each terminal that runs `eval $(oidc-agent)` has it.
  async second() {
    const other = new OidcAgent(this.home);
    await other.startAgent();
    await other.load();
    this.other = other;
    return other;
  }

  stop() {
    this.other?.kill();
    this.kill();
  }
}
