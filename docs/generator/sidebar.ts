import { grantTypes } from '@particle-grants/core/protocol'
import { grantPages } from './grant-pages.ts'
import type { GeneratedFile } from './page.ts'

interface Item {
  readonly text: string
  readonly link: string
}

/** The address of a page on the site, by its path from `docs/`. */
export function siteLink(path: string): string {
  return `/${path.replace(/\.md$/, '').replace(/(^|\/)(?:index|README)$/, '$1')}`
}

const item = (text: string, path: string): Item => ({ text, link: siteLink(path) })

const guides = [
  item('Which token do I need?', 'guides/choose.md'),
  item('Install and start', 'guides/start.md'),
  item('Scripts and CI', 'guides/scripts-and-ci.md'),
  item('Many customers, several servers', 'guides/many-customers.md'),
  item('Your users sign in', 'guides/web-sign-in.md'),
  item('Temporary access', 'guides/temporary-access.md'),
  item("Rotate a server's token", 'guides/rotate-a-token.md'),
  item('Staying signed in', 'guides/renewal-and-stores.md'),
  item('Serverless functions', 'guides/serverless.md'),
  item('Protection from lockout', 'guides/lockout-guard.md'),
  item('Test with the sandbox', 'guides/test-with-the-sandbox.md'),
  item('Axios', 'guides/axios.md'),
  item('Other HTTP clients', 'guides/http-clients.md'),
  item('Event streams', 'guides/event-streams.md'),
  item('From particle-api-js', 'guides/from-particle-api-js.md'),
  item('From particle-cli', 'guides/from-particle-cli.md'),
  item('SSO', 'guides/sso.md'),
  item('Write a store', 'guides/write-a-store.md'),
  item('Write an oclif plugin', 'guides/oclif-plugin.md'),
  item('Security model', 'guides/security-model.md'),
]

const reference = [
  item('Questions and answers', 'reference/questions.md'),
  item('Token requests', 'reference/request.md'),
  item('Clients', 'reference/clients.md'),
  item('How long tokens live', 'reference/token-life.md'),
  item('Limits and lockout', 'reference/limits.md'),
  item('Which token may do what', 'reference/permissions.md'),
  item('Other API calls', 'reference/calls.md'),
  item('State machine', 'reference/state-machine.md'),
  item('Unsupported grants', 'reference/unsupported-grants.md'),
  item('Open questions', 'reference/unknowns.md'),
  item('Live check', 'reference/live-check.md'),
  item('Sources', 'reference/sources.md'),
]

/** The packages whose API pages typedoc makes, by the folder in `packages/`. */
export const documentedPackages = [
  'core',
  'reference',
  'axios',
  'management',
  'sso',
  'sandbox',
  'node',
  'plugin-auth',
  'store-file',
  'store-keyring',
  'store-redis',
  'store-contract',
  'process-lock',
] as const

/** What the site's navigation and sidebar show. */
export function sidebarFile(): GeneratedFile {
  const sidebar = [
    { text: 'Guides', items: guides },
    {
      text: 'Grant types',
      items: [item('Overview', 'grants/README.md'), ...grantTypes.map((type) => item(type, grantPages[type]))],
    },
    { text: 'Reference', items: [item('Errors', 'errors.md'), ...reference] },
    {
      text: 'Packages',
      collapsed: true,
      items: documentedPackages.map((name) => item(name, `api/${name}/index.md`)),
    },
    {
      text: 'Project',
      collapsed: true,
      items: [
        item('How it performs', 'performance.md'),
        item('Architecture', 'architecture.md'),
        item('Decisions', 'decisions/README.md'),
      ],
    },
  ]
  const nav = [
    item('Start', 'index.md'),
    { ...item('Guides', 'guides/choose.md'), activeMatch: '^/guides/' },
    { ...item('Grant types', 'grants/README.md'), activeMatch: '^/grants/' },
    item('Errors', 'errors.md'),
    { ...item('Reference', 'reference/questions.md'), activeMatch: '^/reference/' },
    item('Playground', 'playground.md'),
    { text: 'Packages', link: '/guides/start#packages', activeMatch: '^/api/' },
  ]
  return { path: '.vitepress/sidebar.json', text: `${JSON.stringify({ nav, sidebar }, undefined, 2)}\n` }
}
