import { defineConfig } from "vitest/config";

const target = process.env.VITE_API ?? "http://127.0.0.1:8700";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  server: { port: 8702, proxy: { "/api": target, "/health": target } },
  preview: { port: 8703, proxy: { "/api": target, "/health": target } },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      onwarn(warning, warn) {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
      output: {
        manualChunks(id) {
          if (!id.includes("node_modules")) return undefined;
          if (/node_modules\/(react|react-dom|scheduler|react-router|@tanstack)\//.test(id)) {
            return "react";
          }
          if (/node_modules\/(echarts|zrender)\//.test(id)) return "echarts";
          if (/node_modules\/maplibre-gl\//.test(id)) return "maplibre";
          if (/node_modules\/(sigma|graphology)/.test(id)) return "sigma";
          return undefined;
        },
      },
    },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
