// The window without Rust: the same sources, with Tauri's two modules replaced by invented data. Never shipped.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { icons } from "../icons.plugin.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// What src-tauri/tauri.conf.json allows, so that the fixture breaks where the real window would.
const csp = "default-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";

export default defineConfig({
  root: here(".."),
  plugins: [icons(), svelte()],
  resolve: {
    alias: {
      "@tauri-apps/api/core": here("fake/core.ts"),
      "@tauri-apps/api/event": here("fake/event.ts"),
    },
  },
  build: { outDir: here("dist"), emptyOutDir: true, assetsInlineLimit: 0, cssCodeSplit: false, modulePreload: { polyfill: false } },
  preview: { port: Number(process.env["FIXTURE_PORT"] ?? 4179), strictPort: true, headers: { "Content-Security-Policy": csp } },
});
