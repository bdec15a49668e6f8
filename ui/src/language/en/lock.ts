export default {
  title: "Fobwatch is locked",
} as const;
