import { defineConfig } from "vite";

/** The page. `vite` serves it while it is worked on and hands the API's calls to a demo on its usual port. */
export default defineConfig({
  root: "page",
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    // The page's policy allows no `data:` but for images: everything is a separate file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: "http://127.0.0.1:4780", changeOrigin: true } },
  },
});
