export default {
  clearsIn: "Clipboard clears in {{span}}",
  clearNow: "Clear the clipboard now",
  clear: "Clear now",
  textAndClear: "{{text}}. Clear now",
  once: "For one paste",
  onceClearsIn: "One paste, clears in {{span}}",
  pasted: "Pasted once, gone",
  pastedBy: "Pasted once by {{program}}, gone",
  replaced: "Not pasted: replaced",
  dismiss: "Dismiss",
  cleared: "Clipboard cleared",
} as const;
