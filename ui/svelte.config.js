// Read by svelte-check and ESLint as well as by Vite: our components use runes; dependencies decide for themselves.
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: undefined,
  },
};
