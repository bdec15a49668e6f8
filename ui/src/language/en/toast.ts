export default {
  label: "Message",
  deleted: "Deleted “{{name}}”",
  undo: "Undo",
} as const;
