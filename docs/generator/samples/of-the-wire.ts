import { tokenRequest } from '@particle-grants/core/reference'
import type { Recording } from '../exchange/exchange.ts'

/** What a form takes as it is. Everything else is left to curl to encode. */
const plain = /^[\w.~:@=-]*$/

/** The exchange as a curl command. */
export function curl({ client, form }: Recording): string {
  const fields = form.map(([name, value]) => {
    if (!plain.test(value)) return `--data-urlencode '${name}=${value}'`
    return value.includes('=') ? `--data-urlencode ${name}=${value}` : `-d ${name}=${value}`
  })
  return [`curl ${tokenRequest.url}`, `-u ${client}`, ...fields].join(' \\\n  ')
}

/** The exchange by the platform's own fetch. */
export function fetchCall({ client, form, status }: Recording): string {
  const fields = form.map(([name, value]) => `    ${name}: '${value}',`)
  return `const answer = await fetch('${tokenRequest.url}', {
  method: '${tokenRequest.method}',
  headers: { authorization: \`Basic \${btoa('${client}')}\` },
  body: new URLSearchParams({
${fields.join('\n')}
  }),
})
const said = await answer.json()
${afterwards(status)}`
}

/** What is shown in place of a request that is not worth sending: why, and the one that is. */
export function insteadOf(instead: Recording): { readonly curl: string; readonly fetch: string } {
  const why = [
    "A developer's refresh token does not work, and trying may count towards the lockout.",
    'Sign in again instead:',
  ]
  return {
    curl: `${why.map((line) => `# ${line}`).join('\n')}\n${curl(instead)}`,
    fetch: `${why.map((line) => `// ${line}`).join('\n')}\n${fetchCall(instead)}`,
  }
}

function afterwards(status: number): string {
  if (status === 401) {
    return `if (said.error === 'invalid_token') {
  // Ask for the next code, and send it with the same mfa_token.
}`
  }
  if (status === 403) {
    return `if (said.error === 'mfa_required') {
  const { mfa_token } = said // goes into the second step
}`
  }
  return `if (!answer.ok) throw new Error(\`\${answer.status} \${said.error}: \${said.error_description}\`)
const { access_token, expires_in } = said`
}
