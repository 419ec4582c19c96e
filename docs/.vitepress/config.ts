import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type HeadConfig } from 'vitepress'
import llmstxt from 'vitepress-plugin-llms'
import { chartFences } from './charts.ts'
import { withContentSecurityPolicy } from './content-security-policy.ts'
import { descriptionOf, isGenerated, markdownPath } from './descriptions.ts'
import { lighten } from './lighten.ts'
import { finishMarkdown } from './markdown/as-markdown.ts'
import { fittingCells } from './markdown/cells.ts'
import { drawings } from './markdown/drawings.ts'
import { publicLinks } from './markdown/public-links.ts'
import { colourClasses, colourStyles, keepWords, markValues } from './markdown/samples.ts'
import { sourceMarkers } from './markdown/sources.ts'
import { tabsOfNamedBlocks } from './markdown/tabs.ts'
import { mermaidFences } from './mermaid.ts'
import { layoutOf, pageTitles } from './page-titles.ts'
import { renderForSearch } from './search.ts'

const repository = 'https://github.com/particle-grants/particle-grants'
const published = 'https://particle-grants.github.io/particle-grants'
const description = 'Everything between a Particle Device Cloud account and a working Authorization header. Unofficial.'

/** The folder of the published site on its host. Everywhere else the site is at the root. */
const base = process.env.DOCS_BASE ?? '/'

const conditions = ['@particle-grants/source']
/** From the generator. No group collapses: VitePress renders one as a button inside a button, which axe rejects. */
const { nav, sidebar } = JSON.parse(readFileSync(new URL('./sidebar.json', import.meta.url), 'utf8'), (name, value) =>
  name === 'collapsed' ? undefined : value,
)

/** The public address of a page, by its path on the site. */
function addressOf(path: string): string {
  return `${published}/${path.replace(/(?:index)?\.md$/, '')}`
}

export default defineConfig({
  lang: 'en',
  title: 'Particle Grants',
  description,
  base,
  cleanUrls: true,
  sitemap: { hostname: `${published}/` },
  metaChunk: true,
  // No prefetching, so that the playground and the error box send no request at all.
  router: { prefetchLinks: false },
  srcExclude: ['README.md', 'generator/**', 'test/**'],
  // A code host shows README.md for a folder. On the site it is the folder's index.
  rewrites: { 'decisions/README.md': 'decisions/index.md', 'grants/README.md': 'grants/index.md' },
  head: [
    ['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }],
    ['meta', { name: 'theme-color', content: '#0b5d66' }],
    ['style', {}, colourStyles],
    ['meta', { property: 'og:type', content: 'website' }],
    ['meta', { property: 'og:site_name', content: 'Particle Grants' }],
    ['meta', { property: 'og:image', content: `${published}/social-card.png` }],
    ['meta', { property: 'og:image:alt', content: 'Particle Grants: from an account to a working token' }],
    ['meta', { name: 'twitter:card', content: 'summary_large_image' }],
  ],
  transformHead: ({ pageData }) => [
    ['meta', { property: 'og:title', content: pageData.title || 'Particle Grants' }],
    ['meta', { property: 'og:description', content: pageData.description || description }],
    ...(pageData.isNotFound
      ? []
      : ([
          ['link', { rel: 'canonical', href: addressOf(pageData.relativePath) }],
          ['meta', { property: 'og:url', content: addressOf(pageData.relativePath) }],
          ['link', { rel: 'alternate', type: 'text/markdown', href: base + markdownPath(pageData.relativePath) }],
        ] satisfies HeadConfig[])),
  ],
  transformPageData: ({ filePath, title, description: own, frontmatter }, { siteConfig }) => ({
    title: pageTitles[filePath]?.[0] ?? title,
    description: pageTitles[filePath]?.[1] ?? (own || descriptionOf(join(siteConfig.srcDir, filePath), description)),
    // A generated page is changed in the reference, so it has no edit link.
    frontmatter: {
      ...frontmatter,
      ...layoutOf(filePath),
      ...(isGenerated(join(siteConfig.srcDir, filePath)) && { editLink: false }),
    },
  }),
  transformHtml: withContentSecurityPolicy,
  buildEnd: async ({ outDir }) => {
    finishMarkdown(outDir, published)
    await lighten(outDir)
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    codeTransformers: [markValues, keepWords, colourClasses],
    config(markdown) {
      mermaidFences(markdown)
      chartFences(markdown)
      drawings(markdown)
      publicLinks(markdown)
      fittingCells(markdown)
      tabsOfNamedBlocks(markdown)
      sourceMarkers(markdown)
    },
  },
  themeConfig: {
    logo: { src: '/favicon.svg', alt: '' },
    nav,
    sidebar,
    outline: [2, 3],
    search: { provider: 'local', options: { _render: renderForSearch } },
    socialLinks: [{ icon: 'github', link: repository, ariaLabel: 'Repository' }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
    footer: {
      message: 'Unofficial: not affiliated with Particle. Each fact names its source.',
      copyright: 'Apache-2.0',
    },
    externalLinkIcon: true,
  },
  vite: {
    // llms.txt, and each page as Markdown.
    // The plugin's types are from another version of Vite.
    plugins: [
      llmstxt({
        domain: published,
        excludeIndexPage: false,
        injectLLMHint: false,
        ignoreFiles: ['README.md', 'generator/**', 'test/**'],
        ignoreFilesPerOutput: { llmsFullTxt: ['api/**'] },
      }) as never,
    ],
    // No component here or in the theme uses Vue's options.
    define: { __VUE_OPTIONS_API__: false },
    resolve: {
      conditions,
      // The home page is a document, so that VitePress' own is not loaded.
      alias: [{ find: './VPHome.vue', replacement: join(import.meta.dirname, 'theme/not-found.vue') }],
    },
    ssr: { resolve: { conditions }, noExternal: [/^@particle-grants\//] },
  },
})
