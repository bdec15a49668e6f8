// A TLS server whose certificate nobody vouches for, as a proxy shows that opens connections: prints its port.
//
//   node intercept.mjs FOLDER        ends when its standard input does

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [folder] = process.argv.slice(2);
const [key, cert] = [`${folder}/proxy.key`, `${folder}/proxy.crt`];
const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
const names = ['-subj', '/CN=Inspecting proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE'];
execFileSync('openssl', [...make, ...names, ...leaf, '-keyout', key, '-out', cert], { stdio: 'ignore' });
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) => answer.end());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
