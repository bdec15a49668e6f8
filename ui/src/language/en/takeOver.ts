export default {
  label: "Take over {{name}}",
  title: "Renew “{{name}}” on this computer?",
  same:
    "The computer that the vault was copied from holds the same refresh token. Once it is renewed here, that one must sign in again.",
  both: "To go on with both, sign in here instead: then each computer has a sign-in of its own.",
  take: "Take it over",
} as const;
