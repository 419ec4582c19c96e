import { expect } from 'vitest'
import { useSite, visit } from './visitor.ts'

useSite()

const token = 'd3adbeefd3adbeefd3adbeefd3adbeefd3adbeef'

visit(
  'an answer that is pasted is explained, with a way to its cause, and sent nowhere',
  async ({ page, url, context }) => {
    await page.goto(`${url}/errors`)
    const box = page.getByLabel('Paste an answer')
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
    await explained.getByRole('link', { name: 'The second step' }).waitFor()
    expect(await explained.textContent()).not.toContain(token)
    expect(requests).toEqual([])
    await context.setOffline(false)
    await box.fill('{"error":"invalid_grant","error_description":"Refresh token has expired"}')
    await explained.getByRole('link', { name: 'More on this cause' }).click()
    await page.waitForURL(/\/errors#invalid_grant-/)
  },
)

visit('the box is used by the keyboard alone', async ({ page, url }) => {
  await page.goto(`${url}/errors`)
  await page.getByLabel('Paste an answer').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.explained').getByText('mfa_required').first().waitFor()
})
