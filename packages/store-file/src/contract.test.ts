import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStoreContract } from '@particle-grants/test-kit/store-contract'
import { fileStore } from './index.ts'

describeStoreContract('fileStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'particle-grants-contract-'))
  return {
    open: () => fileStore({ directory }),
    listNames: () => readdir(directory, { recursive: true }),
    remove: () => rm(directory, { recursive: true }),
  }
})
