/** A page on the web. */
export interface Link {
  readonly title: string
  readonly url: string
}

/** Pages of Particle's documentation that this reference links to. */
export const pages = {
  authentication: {
    title: 'Authentication: OAuth clients, products and their customers',
    url: 'https://docs.particle.io/reference/cloud-apis/authentication/',
  },
  access_tokens: {
    title: 'Access tokens: getting one, rate limits, use on servers',
    url: 'https://docs.particle.io/reference/cloud-apis/access-tokens/',
  },
  web_page: {
    title: 'AN032: calling the API from a web page, with MFA',
    url: 'https://docs.particle.io/reference/cloud-apis/calling-api-from-web-page/',
  },
  two_step_authentication: {
    title: 'Two-step authentication: set-up, authenticator, recovery codes',
    url: 'https://docs.particle.io/getting-started/console/two-step-authentication',
  },
  cloud_api_tutorial: {
    title: 'Cloud API tutorial: customers and product tokens step by step',
    url: 'https://docs.particle.io/getting-started/cloud/cloud-api',
  },
  api_reference: {
    title: 'Cloud API reference: every call, including API users',
    url: 'https://docs.particle.io/reference/cloud-apis/api/',
  },
} as const satisfies Readonly<Record<string, Link>>

/** The name of one of Particle's pages. */
export type PageId = keyof typeof pages
