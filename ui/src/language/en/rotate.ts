export default {
  label: "Rotate {{name}}",
  title: "Rotate “{{name}}”",
  makeNew: "Make a new key at {{provider}}",
  openPage: "Open provider page",
  newKey: "New key",
  pasteNew: "Paste the new key",
  newKeyHint: "Stays hidden. Copying gives the new key from then on.",
  oldRevoked: "The old key is revoked at the provider",
  leftOpen: "Left open, the history says “not confirmed”.",
  store: "Store new key",
} as const;
