import { defineConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

export default defineConfig({
  ...shared,
  // Types are checked by the package's own script: this project has no type tests.
  plugins: [],
  test: {
    ...shared.test,
    include: ['generator/**/*.test.ts', 'test/**/*.test.ts', '.vitepress/**/*.test.ts'],
  },
})
