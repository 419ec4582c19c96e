import assert from 'node:assert/strict'
import { assertConflict, assertLoads, assertSecretIsAbsent } from './assertions.ts'
import type { Cases } from './cases.ts'

const values = {
  'one line': '{"status":"signed_in"}',
  'several lines with every kind of line end': 'one\ntwo\r\nthree\rfour\u2028five\n\n',
  'several scripts': 'Grüße, 你好, 🔑🇺🇦, é and e\u0301, \u200e',
  'text like JSON, a path or a command': '{"version":"1","value":"x"}\\u0000 ../../x $(id) %s \\n "\'`',
  'spaces at both ends and a byte order mark': ' \ufeff value \t ',
  'an empty string': '',
}

const longestKey = `session-${'0123456789abcdef'.repeat(4)}-${'z'.repeat(7)}`
const similarKeys = ['session-a', 'session-a-b', 'session', 'a', '0', 'session-a-lock', longestKey]

const secret = 'planted-token-5up3r/+=5ecret'

/** Cases of `load`, `save` and `remove`. */
export function recordCases(maxValueBytes: number): Cases {
  const saved = { ...values, 'the largest value': createText(maxValueBytes) }
  return {
    'load returns undefined for a record that was never saved': async ({ first }) => {
      assert.equal(await first.load('session-a'), undefined)
    },

    ...Object.fromEntries(
      Object.entries(saved).map(([name, value]): [string, Cases[string]] => [
        `load returns what was saved, in every store: ${name}`,
        async ({ first, second }) => {
          const version = await first.save('session-a', value, null)
          await assertLoads(first, { version, value })
          await assertLoads(second, { version, value })
        },
      ]),
    ),

    'save replaces a longer value completely': async ({ first, second }) => {
      const long = await first.save('session-a', createText(maxValueBytes), null)
      const version = await second.save('session-a', 'short', long)
      await assertLoads(first, { version, value: 'short' })
    },

    'save and remove keep records with similar keys apart': async ({ first, second }) => {
      const versions = new Map<string, string>()
      for (const key of similarKeys) versions.set(key, await first.save(key, `value of ${key}`, null))
      for (const key of similarKeys) {
        const expected = { version: versions.get(key) ?? '', value: `value of ${key}` }
        await assertLoads(second, expected, key)
      }
      await second.remove('session-a', versions.get('session-a') ?? null)
      assert.equal(await first.load('session-a'), undefined)
      for (const key of similarKeys.filter((other) => other !== 'session-a')) {
        assert.equal((await first.load(key))?.value, `value of ${key}`)
      }
    },

    'remove removes a record for every store, and does nothing if there is none': async ({ first, second }) => {
      await first.remove('session-a', null)
      const version = await first.save('session-a', 'a', null)
      await second.remove('session-a', version)
      assert.equal(await first.load('session-a'), undefined)
      await first.remove('session-a', null)
    },

    'withLock creates no record': async ({ first, second }) => {
      await first.withLock('session-a', async () => {})
      assert.equal(await second.load('session-a'), undefined)
      await second.save('session-a', 'a', null)
    },

    'values appear in no name and no error': async ({ first, second, listNames }) => {
      const version = await first.save('session-a', secret, null)
      const seen: unknown[] = [await listNames(), first, second]
      const next = `${secret}-new`
      seen.push(await assertConflict(second.save('session-a', next, null)))
      seen.push(await assertConflict(second.save('session-a', next, 'never-a-version')))
      seen.push(await assertConflict(second.remove('session-a', 'never-a-version')))
      const locked = second.withLock('session-a', () => second.save('session-a', next, null))
      seen.push(await assertConflict(locked))
      assert.equal((await first.load('session-a'))?.value, secret)
      await first.save('session-a', next, version)
      seen.push(await listNames())
      assertSecretIsAbsent(seen, secret)
    },
  }
}

/** Returns a text of exactly `bytes` bytes without repetitions, which could hide a missing part. */
function createText(bytes: number): string {
  let text = ''
  for (let index = 0; text.length < bytes; index += 1) text += `${index.toString(36)}.`
  return text.slice(0, bytes)
}
