import { defineConfig, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      globalSetup: ['test/bundle.ts'],
      // Processes are started by the dozen, on machines that have better things to do as well.
      testTimeout: 60_000,
    },
  }),
)
