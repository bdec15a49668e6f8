// Waits until a demo server has granted so many refreshes, and tells what it saw.
//
//   node wait-for-refreshes.mjs RECORD-URL COUNT SECONDS

const [url, count, seconds] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;
const look = async () => (await fetch(url)).json();

let record = await look();
while (record.counts.refresh_ok < Number(count) && Date.now() < deadline) {
  await new Promise((tick) => setTimeout(tick, 200));
  record = await look();
}
const { refresh_ok: good, refresh_refused: refused, most_uses_of_one_refresh_token: uses } = record.counts;
console.log(`   ${good} refreshes granted, ${refused} refused; no refresh token was sent more than ${uses} time(s)`);
if (good < Number(count)) {
  console.error(`waited ${seconds} s in vain for ${count} refreshes`);
  process.exitCode = 1;
}
