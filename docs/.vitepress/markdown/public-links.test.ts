import { expect, it } from 'vitest'
import { onTheSite } from './public-links.ts'

it.each([
  ['../public/openapi.json', 'reference/calls.md', '/openapi.json'],
  ['./grants/README.md#which', 'index.md', './grants/index.md#which'],
  ['README.md', 'decisions/x.md', 'index.md'],
  [
    '../../benchmarks/README.md#a',
    'decisions/x.md',
    'https://github.com/particle-grants/particle-grants/blob/main/benchmarks/README.md#a',
  ],
  ['./mfa-otp.md#fields', 'grants/password.md', './mfa-otp.md#fields'],
  ['#fields', 'grants/password.md', '#fields'],
  ['https://example.com/README.md', 'index.md', 'https://example.com/README.md'],
])('a link to %s of %s leads to %s on the site', (href, page, expected) => {
  expect(onTheSite(href, page)).toBe(expected)
})
