import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCredentials } from '@napi-rs/keyring'
import { describeWithService } from '@particle-grants/test-kit/services'
import { describeStore } from '@particle-grants/test-kit/store-contract'
import { afterAll, beforeAll, vi } from 'vitest'
import { KeyringSession } from '../test/keyring-session.ts'
import { ownService } from '../test/stores.ts'
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

  describeStore(
    'keyringStore',
    () => {
      const service = ownService()
      const directory = mkdtempSync(join(tmpdir(), 'particle-grants-locks-'))
      return {
        open: () => keyringStore({ service, directory, timeout: 60_000 }),
        names: () => [
          readdirSync(directory, { recursive: true }),
          findCredentials(service).map(({ account }) => account),
        ],
        cleanup: () => rmSync(directory, { recursive: true }),
      }
    },
    // What fits beside the line with the version.
    { largest: 2500 },
  )
})
