import { defineConfig } from 'vitest/config'
import { PlainLineReporter } from './tools/plain-line-reporter.ts'

export default defineConfig({
  test: {
    include: ['clientele/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/harness/postgres-launcher.ts'],
    reporters: ['default', new PlainLineReporter()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
