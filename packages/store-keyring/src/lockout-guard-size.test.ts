import { createSession, developerClient, memoryStore, type Store } from '@particle-grants/core'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { reportCounts } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'
import { FakeKeyring } from '../test/stores.ts'
import { maxEntryBytes } from './record.ts'

describe('the record of the lockout guard', () => {
  // 20 are more accounts than one person has, 100 are the most that the guard remembers.
  it.each([20, 100])(
    'fits into a keyring entry with %i accounts that back off and a full rate limit',
    async (accounts) => {
      const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
      const sandbox = createSandbox({ clock, lockout: false })
      // The requests of the walk would wait for the locks of the keyring store thousands of times.
      const inner = memoryStore()
      let largest = ''
      const store: Store = {
        singleUser: true,
        load: (key) => inner.load(key),
        remove: (key, ifVersion) => inner.remove(key, ifVersion),
        withLock: (key, task) => inner.withLock(key, task),
        save: (key, value, ifVersion) => {
          if (key.startsWith('guard-') && value.length > largest.length) largest = value
          return inner.save(key, value, ifVersion)
        },
      }
      const session = createSession({
        client: developerClient(),
        profile: 'work',
        store,
        clock,
        fetch: sandbox.fetch as typeof fetch,
      })
      const login = (username: string, password: string) => {
        // Just below the limit of 98 requests in five minutes.
        clock.advance(3_334)
        return session.login({ username, password, force: true })
      }
      const refused = { code: 'invalid_credentials' }
      for (let account = 0; account < accounts; account += 1) {
        const username = `developer-${account}@long-company-name.example.com`
        for (let attempt = 0; attempt < 5; attempt += 1) {
          await expect(login(username, 'wrong')).rejects.toMatchObject(refused)
        }
        await login('dev@example.com', 'correct horse')
      }
      for (let request = 0; request < 98; request += 1) await login('dev@example.com', 'correct horse')
      await session.idle()
      const kept: unknown[] = JSON.parse(largest).accounts
      expect(kept.length).toBeGreaterThanOrEqual(20)

      const keyring = new FakeKeyring()
      await keyring.store().save('guard', largest, null)
      const sizes = [...keyring.secrets.values()].map(({ length }) => length)
      reportCounts('store-keyring, the lockout guard', { bytes: Math.max(...sizes), limit: maxEntryBytes })
      expect(Math.max(...sizes)).toBeGreaterThan(1000)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(maxEntryBytes)
    },
  )
})
