import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStore } from '@particle-grants/test-kit/store-contract'
import { fileStore } from './index.ts'

describeStore('the file store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'particle-grants-contract-'))
  return {
    open: () => fileStore({ directory }),
    names: () => readdir(directory, { recursive: true }),
    cleanup: () => rm(directory, { recursive: true }),
  }
})
