export default {
  label: "Narrower token of {{name}}",
  title: "Narrower token",
  what: "{{provider}} exchanges the token for one that is good for less. It is copied, and not kept.",
  audienceHint: "The service, by the name that the provider knows it under.",
  resourceHint: "The service, by its address.",
  scopesHint: "Leave out what the service does not need.",
  exchanging: "Exchanging",
} as const;
