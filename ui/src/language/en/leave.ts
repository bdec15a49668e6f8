export default {
  title: "Discard what you typed?",
  text: "It is not saved anywhere yet.",
  lostTitle: "Quit and lose a renewed sign-in?",
  lostText: "Neither disk nor keyring took a token that was renewed. It is lost when Fobwatch quits, and you have to sign in again.",
  stay: "Go back",
  close: "Discard and close",
  quit: "Discard and quit",
  quitAnyway: "Quit anyway",
} as const;
