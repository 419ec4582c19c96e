import type { Samples } from './sample.ts'

/** Exit code 4 means that the code is missing. */
const withMfa = `printf '%s\\n' "$PARTICLE_PASSWORD" | pgrants auth login \\
  --username mfa@example.com --password-stdin || [ $? -eq 4 ]`
const customer = `printf '%s\\n' "$CLIENT_SECRET" "$PARTICLE_PASSWORD" | pgrants auth login \\
  --client-id my-product-1234 --client-secret-stdin \\
  --username jane@example.com --password-stdin`

/** Samples with `pgrants`. Secrets are read from standard input, never from an argument. In a terminal it prompts for them. */
export const cli: Samples = {
  'sign-in': `printf '%s\\n' "$PARTICLE_PASSWORD" | pgrants auth login --username dev@example.com --password-stdin

curl -H "$(pgrants auth token --format header)" https://api.particle.io/v1/devices`,

  'sign-in-customer': customer,

  otp: `${withMfa}
printf '%s\\n' "$CODE" | pgrants auth login --otp-stdin`,

  'recovery-code': `${withMfa}
printf '%s\\n' "$RECOVERY_CODE" | pgrants auth login --recovery-code-stdin`,

  'client-owner': `printf '%s\\n' "$CLIENT_SECRET" | pgrants auth login --client-id my-product-1234 --client-secret-stdin`,

  'client-customer': `printf '%s\\n' "$CLIENT_SECRET" | pgrants auth login \\
  --client-id my-product-1234 --client-secret-stdin --customer jane@example.com`,

  'client-user': `printf '%s\\n' "$CLIENT_SECRET" | pgrants auth login \\
  --client-id my-scripts-5678 --client-kind user --client-secret-stdin`,

  refresh: `${customer}
pgrants auth refresh # only to renew now: auth token renews automatically`,
}
