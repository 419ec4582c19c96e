import { expect } from 'vitest'
import { useSite, visit } from './visitor.ts'

useSite()

const token = 'd3adbeefd3adbeefd3adbeefd3adbeefd3adbeef'

visit('explains a pasted response with a link to its cause, and sends nothing', async ({ page, url, context }) => {
  await page.goto(`${url}/errors`)
  const box = page.getByLabel('Paste a response')
  await box.waitFor()
  await page.waitForLoadState('networkidle')
  const requests: string[] = []
  context.on('request', (request) => requests.push(request.url()))
  await context.setOffline(true)
  await box.fill(
    'HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant","error_description":"Refresh token has expired"}',
  )
  const explained = page.locator('.explained')
  await explained.getByText('What to do:').waitFor()
  await box.fill(`{"error":"mfa_required","mfa_token":"${token}"}`)
  await explained.getByRole('link', { name: 'The grant type urn:custom:mfa-otp' }).waitFor()
  expect(await explained.textContent()).not.toContain(token)
  expect(requests).toEqual([])
  await context.setOffline(false)
  await box.fill('{"error":"invalid_grant","error_description":"Refresh token has expired"}')
  await explained.getByRole('link', { name: 'More about this cause' }).click()
  await page.waitForURL(/\/errors#invalid_grant-/)
})

visit('works with the keyboard only', async ({ page, url }) => {
  await page.goto(`${url}/errors`)
  await page.getByLabel('Paste a response').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.explained').getByText('mfa_required').first().waitFor()
})

visit('copies the second request of a pasted 403 without showing the token', async (visitor) => {
  const { page, url, context } = visitor
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${url}/errors`)
  await page.getByLabel('Paste a response').fill(`{"error":"mfa_required","mfa_token":"${token}"}`)
  await page.getByRole('button', { name: 'Copy with your mfa_token' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`-d mfa_token=${token}`)
  expect(await page.locator('.explained').textContent()).not.toContain(token)
  await page.getByRole('button', { name: 'Show your mfa_token' }).click()
  await page.locator('.explained pre').filter({ hasText: token }).waitFor()
})
