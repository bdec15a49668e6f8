export default {
  confirmed: "Revoked at {{provider}}",
  butLives: "Revoked at {{provider}}; the access token may still work for a while",
  butUntil: "Revoked at {{provider}}; the access token works until {{clock}}",
  notConfirmed: "{{provider}} did not confirm it ({{why}}), so the tokens may still work.",
  notOffered: "{{provider}} offers no revocation, so the tokens work until they end.",
} as const;
