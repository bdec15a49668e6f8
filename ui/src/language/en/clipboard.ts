export default {
  clearsIn: "Clipboard clears in {{span}}",
  clearNow: "Clear the clipboard now",
  clear: "Clear now",
  textAndClear: "{{text}}. Clear now",
  cleared: "Clipboard cleared",
} as const;
