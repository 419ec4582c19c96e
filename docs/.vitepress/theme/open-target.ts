import { nextTick } from 'vue'

/** Opens the collapsed part of the page that the address points into, and shows it. */
export function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const part = target?.closest('details')
  if (!part || part.open) return
  part.open = true
  target?.scrollIntoView()
}

/** Scrolls the sidebar to the entry of the current page, which is marked after the page is updated. */
export async function showInSidebar(): Promise<void> {
  await nextTick()
  document.querySelector('.VPSidebarItem.level-1.is-active')?.scrollIntoView({ block: 'nearest' })
}
