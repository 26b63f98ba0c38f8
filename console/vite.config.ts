import { defineConfig } from 'vite';

// The api that `npm run dev` talks to.
const api = process.env.OHM_API ?? 'http://127.0.0.1:8000';

export default defineConfig({
  // Every address is relative, so that a proxy may put a prefix before it.
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
  },
  server: { proxy: { '/api': { target: api, ws: true }, '/openapi.json': api } },
});
