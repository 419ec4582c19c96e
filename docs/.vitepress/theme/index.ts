import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { type AsyncComponentLoader, defineAsyncComponent } from 'vue'
import SiteLayout from './site-layout.vue'
import './styles/fonts.css'
import './styles/theme.css'
import './styles/controls.css'
import './styles/content.css'
import './styles/drawings.css'
import './styles/grant.css'
import './styles/home.css'
import './styles/tables.css'

const theme: Theme = {
  extends: DefaultTheme,
  Layout: SiteLayout,
  enhanceApp({ app }) {
    // Each is loaded by the pages that show it, and by no other; the playground brings core and sandbox along.
    const parts: Record<string, AsyncComponentLoader> = {
      Chooser: () => import('./chooser/token-chooser.vue'),
      ErrorBox: () => import('./error-box/error-box.vue'),
      YourValues: () => import('./samples/your-values.vue'),
      Playground: () => import('./playground/play-ground.vue'),
    }
    for (const [name, load] of Object.entries(parts)) app.component(name, defineAsyncComponent(load))
  },
}

export default theme
