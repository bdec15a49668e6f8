// Builds the window. The CSP is `default-src 'self'; style-src 'self'`, so nothing may be inlined: no script,
// no style element, no data: URL for a font or an image.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { icons } from "./icons.plugin.ts";

export default defineConfig({
  plugins: [icons(), svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target: "es2022",
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
