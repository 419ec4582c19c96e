import type { MarkdownEnv } from 'vitepress'

/** Names in code, the history of the project, and a second page with the open questions. */
const leftOut = /^(?:api\/|decisions\/|reference\/live-check)/

/** Results for words that people search for and that a page does not use as a heading: by page, then by anchor. */
const aliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'grants/mfa-otp.md': { '': 'mfa_required, 2FA', request: 'OTP' },
  'grants/password.md': { '': 'Get an access token' },
  'grants/client-credentials.md': {
    '': 'Product token, backend',
    'client-customer': 'Customer token without password',
  },
  'grants/refresh-token.md': { '': 'Refresh token', refresh_token_rejected: 'Refresh token not working' },
  'errors.md': {
    'token-endpoint': '403',
    invalid_token: 'Token expired',
    invalid_client: 'invalid_client',
    invalid_grant: 'invalid_grant',
    'invalid_grant-credentials': 'Forgot password',
  },
  'reference/questions.md': {
    lost_phone: 'Lost phone, lost authenticator',
    refresh_token_rejected: 'Developer refresh token',
    revoke: 'Log out',
    log_in_with_particle: 'Login with Particle',
  },
  'reference/token-life.md': { '': 'expires_in, permanent token', access_token: 'How long does a token last?' },
  'reference/calls.md': { '': 'Postman, Python', revoke_current: 'Logout, revoke token' },
  'reference/limits.md': { '': 'IP address blocked, lockout, locked out', token_requests: 'Rate limit' },
  'reference/clients.md': { product: 'Client secret' },
  'guides/scripts-and-ci.md': { '': 'CI token, GitHub Actions, GitLab, Jenkins' },
  'guides/sso.md': { '': 'SSO' },
  'guides/choose.md': { api_user: 'API user, API users' },
  'guides/start.md': { '': 'Install, TypeScript' },
  'guides/axios.md': { '': 'Axios' },
  'playground.md': { '': 'Playground' },
}

/** Words that no one searches for, and headings, which are kept whole, because results show them. A quarter of the index. */
const commonWords =
  /<h[1-6][\s\S]*?<\/h[1-6]>|\b(?:an|and|are|as|at|be|because|before|but|by|can|do|does|each|for|from|has|have|if|in|into|is|it|its|more|must|no|not|of|on|one|only|or|other|same|so|than|that|the|their|then|there|they|this|to|until|was|when|where|which|will|with|without|would|you|your)\b/gi

/** What the search indexes of a page: `_render` of VitePress' local search. */
export function renderForSearch(
  source: string,
  env: MarkdownEnv,
  markdown: { render(source: string, env: MarkdownEnv): string },
): string {
  const path = env.relativePath
  if (leftOut.test(path)) return ''
  // Code repeats the names that the text explains, and the collapsed parts of a grant page are elsewhere too.
  const html = markdown.render(source, env).replaceAll(/<pre[\s\S]*?<\/pre>|<h2 id="more"[\s\S]*/g, '')
  const text = html.replaceAll(commonWords, (match) => (match.startsWith('<h') ? match : ''))
  // Headings as VitePress looks for them: with a link to their anchor.
  const sections = Object.entries(aliases[path] ?? {}).map(
    ([anchor, words]) => `<h2>${words} <a href="#${anchor}">#</a></h2><p>${words}</p>`,
  )
  return text + sections.join('')
}
