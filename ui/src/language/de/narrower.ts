export default {
  label: "Engeres Token von {{name}}",
  title: "Engeres Token",
  what: "{{provider}} tauscht das Token gegen eines, das weniger darf. Es wird kopiert und nicht aufbewahrt.",
  audienceHint: "Der Dienst, mit dem Namen, unter dem der Anbieter ihn kennt.",
  resourceHint: "Der Dienst, mit seiner Adresse.",
  scopesHint: "Weglassen, was der Dienst nicht braucht.",
  exchanging: "Tauscht",
};
