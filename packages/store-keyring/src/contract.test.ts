import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCredentials } from '@napi-rs/keyring'
import { storeContract } from '@particle-grants/store-contract'
import { describeWithService } from '@particle-grants/test-kit/services'
import { afterAll, beforeAll, it, vi } from 'vitest'
import { KeyringSession } from '../test/keyring-session.ts'
import { createServiceName } from '../test/stores.ts'
import { keyringStore } from './keyring-store.ts'

describeWithService('keyring', 'the contract of keyringStore on a real keyring', () => {
  let session: KeyringSession

  beforeAll(async () => {
    session = await KeyringSession.start({ password: 'throw-away' })
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', session.address)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await session.end()
  })

  const cases = storeContract(
    () => {
      const service = createServiceName()
      const directory = mkdtempSync(join(tmpdir(), 'particle-grants-locks-'))
      return {
        open: () => keyringStore({ service, directory, timeoutMs: 60_000 }),
        listNames: () => [
          readdirSync(directory, { recursive: true }),
          findCredentials(service).map(({ account }) => account),
        ],
        remove: () => rmSync(directory, { recursive: true }),
      }
    },
    // The rest of an entry is the line with the version.
    { maxValueBytes: 2500 },
  )
  for (const { name, run } of cases) it(name, run)
})
