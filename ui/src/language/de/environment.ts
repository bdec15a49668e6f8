export default {
  label: "Umgebung",
  prod: "prod",
  staging: "staging",
  dev: "dev",
  production: "Produktion",
  development: "Entwicklung",
};
