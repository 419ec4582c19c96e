import { describe, expect, it } from 'vitest'
import { leaksIn } from '../planted-secrets.ts'
import type { StoreTest } from './storage.ts'

const values = {
  'one line': '{"status":"signed_in"}',
  'several lines with every kind of line end': 'one\ntwo\r\nthree\rfour\u2028five\n\n',
  'several scripts': 'Grüße, 你好, 🔑🇺🇦, é and e\u0301, \u200e',
  'what looks like JSON, a path or a command': '{"version":"1","value":"x"}\\u0000 ../../x $(id) %s \\n "\'`',
  'a byte order mark at the start and spaces at the end': '\ufeff value \t ',
  'an empty string': '',
}

const longestKey = `session-${'0123456789abcdef'.repeat(4)}-${'z'.repeat(7)}`
const keys = ['session-a', 'session-a-b', 'session', 'a', '0', 'session-a-lock', longestKey]

const secret = 'planted-token-5up3r/+=5ecret'

/** Tests of `load`, `save` and `remove`. */
export function describeRecords(test: StoreTest, maxValueBytes: number): void {
  describe('records', () => {
    it(
      'do not exist before they are saved',
      test(async ({ first }) => {
        expect(await first.load('session-a')).toBeUndefined()
      }),
    )

    for (const [name, value] of Object.entries({ ...values, 'the largest value': longText(maxValueBytes) })) {
      it(
        `are loaded by every store as they were saved: ${name}`,
        test(async ({ first, second }) => {
          const version = await first.save('session-a', value, null)
          expect(await first.load('session-a')).toEqual({ version, value })
          expect(await second.load('session-a')).toEqual({ version, value })
        }),
      )
    }

    it(
      'are replaced completely',
      test(async ({ first, second }) => {
        const long = await first.save('session-a', longText(maxValueBytes), null)
        const short = await second.save('session-a', 'short', long)
        expect(await first.load('session-a')).toEqual({ version: short, value: 'short' })
      }),
    )

    it(
      'with similar keys are separate',
      test(async ({ first, second }) => {
        expect(longestKey).toHaveLength(80)
        const versions = new Map<string, string>()
        for (const key of keys) versions.set(key, await first.save(key, `value of ${key}`, null))
        for (const key of keys) {
          expect(await second.load(key)).toEqual({ version: versions.get(key), value: `value of ${key}` })
        }
        await second.remove('session-a', versions.get('session-a') ?? null)
        expect(await first.load('session-a')).toBeUndefined()
        for (const key of keys.filter((other) => other !== 'session-a')) {
          expect((await first.load(key))?.value).toBe(`value of ${key}`)
        }
      }),
    )

    it(
      'are not created by a lock on their key',
      test(async ({ first, second }) => {
        await first.withLock('session-a', async () => {})
        expect(await second.load('session-a')).toBeUndefined()
        await second.save('session-a', 'a', null)
      }),
    )

    it(
      'are gone once removed, and removing a missing record does nothing',
      test(async ({ first, second }) => {
        await first.remove('session-a', null)
        const version = await first.save('session-a', 'a', null)
        await second.remove('session-a', version)
        expect(await first.load('session-a')).toBeUndefined()
        await first.remove('session-a', null)
      }),
    )

    it(
      'appear in no name and no error',
      test(async ({ first, second, listNames }) => {
        const version = await first.save('session-a', secret, null)
        const seen: unknown[] = [await listNames(), first, second]
        const attempts = [
          second.save('session-a', `${secret}-new`, null),
          second.save('session-a', `${secret}-new`, 'never-a-version'),
          second.remove('session-a', 'never-a-version'),
          second.withLock('session-a', async () => second.save('session-a', `${secret}-new`, null)),
        ]
        const errors = await Promise.all(
          attempts.map((attempt) => attempt.catch((thrown: unknown) => thrown)),
        )
        for (const error of errors) expect(error).toMatchObject({ code: 'store_conflict' })
        seen.push(...errors)
        expect((await first.load('session-a'))?.value).toBe(secret)
        await first.save('session-a', `${secret}-next`, version)
        seen.push(await listNames())
        expect(leaksIn(seen, [secret])).toEqual([])
      }),
    )
  })
}

/** Returns a text of exactly `bytes` bytes without repetitions that could hide a missing part. */
function longText(bytes: number): string {
  let text = ''
  for (let index = 0; text.length < bytes; index += 1) text += `${index.toString(36)}.`
  return text.slice(0, bytes)
}
