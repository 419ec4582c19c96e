import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { builtSite } from './paths.ts'
import { useSite, visit } from './visitor.ts'

useSite()

/** What people search for, and the page that must come first. */
const queries: Readonly<Record<string, string>> = {
  mfa_required: '/grants/mfa-otp',
  '403': '/errors',
  '2fa': '/grants/mfa-otp',
  'lost phone': '/reference/questions#lost_phone',
  'lost authenticator': '/reference/questions#lost_phone',
  otp: '/grants/mfa-otp',
  'get access token': '/grants/password',
  'how long does a token last': '/reference/token-life',
  logout: '/reference/calls#revoke_current',
  'revoke token': '/reference/calls#revoke_current',
  'ci token': '/guides/scripts-and-ci',
  'token expired': '/errors#invalid_token',
  invalid_client: '/errors#invalid_client',
  invalid_grant: '/errors#invalid_grant',
  sso: '/guides/sso',
  'customer token': '/grants/client-credentials',
  'refresh token not working': '/grants/refresh-token',
  'rate limit': '/reference/limits',
  'login with particle': '/reference/questions#log_in_with_particle',
  'api user': '/guides/choose#api_user',
  'client secret': '/reference/clients',
  typescript: '/guides/start',
  axios: '/guides/axios',
  playground: '/playground',
  install: '/guides/start',
  'log out': '/reference/questions#revoke',
  'forgot password': '/errors#invalid_grant',
  'lost my phone': '/reference/questions#lost_phone',
  'customer token without password': '/grants/client-credentials#client-customer',
  'github actions': '/guides/scripts-and-ci',
  gitlab: '/guides/scripts-and-ci',
  jenkins: '/guides/scripts-and-ci',
  backend: '/grants/client-credentials',
  'product token': '/grants/client-credentials',
  'permanent token': '/reference/token-life',
  'refresh token': '/grants/refresh-token',
  'locked out': '/reference/limits',
}

visit('the search finds the right page first for what people search for', async ({ page, url }) => {
  await page.goto(url)
  await page.getByRole('button', { name: 'Search' }).first().click()
  const box = page.getByRole('searchbox')
  const first: Record<string, string> = {}
  for (const query of Object.keys(queries)) {
    await box.fill('')
    await expect.poll(() => page.locator('#localsearch-list [role=option]').count()).toBe(0)
    await box.fill(query)
    const link = page.locator('#localsearch-list [role=option] a').first()
    await link.waitFor()
    first[query] = (await link.getAttribute('href')) ?? ''
  }
  const wrong = Object.entries(queries).filter(([query, path]) => !first[query]?.startsWith(path))
  expect(wrong.map(([query, path]) => `${query}: ${first[query]} instead of ${path}`)).toEqual([])
})

it('the search index has at most 250 KiB, and neither API pages nor decisions', () => {
  const folder = join(builtSite, 'assets', 'chunks')
  const [index = ''] = readdirSync(folder).filter((file) => file.includes('localSearchIndex'))
  expect(statSync(join(folder, index)).size).toBeLessThanOrEqual(250 * 1024)
})
