import { defineConfig } from 'vitepress'

export default defineConfig({
  title: 'Particle Grants',
  description:
    'Everything between a Particle Device Cloud account and a working Authorization header. Unofficial.',
  cleanUrls: true,
  srcExclude: ['README.md'],
  // Folders keep their README.md, which is what a code host shows; the site calls it the index.
  rewrites: { 'decisions/README.md': 'decisions/index.md' },
  themeConfig: {
    nav: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Staying signed in', link: '/guides/renewal-and-stores' },
      { text: 'Decisions', link: '/decisions/' },
    ],
    search: { provider: 'local' },
  },
})
