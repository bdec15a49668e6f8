export default {
  title: "Fobwatch ist gesperrt",
};
