import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '@particle-grants/store-contract'
import { describe, it } from 'vitest'
import { fileStore } from './index.ts'

describe('fileStore', () => {
  const cases = storeContract(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'particle-grants-contract-'))
    return {
      open: () => fileStore({ directory }),
      listNames: () => readdir(directory, { recursive: true }),
      remove: () => rm(directory, { recursive: true }),
    }
  })
  for (const { name, run } of cases) it(name, run)
})
