const key = 'particle-grants:tab'
const inputs = '.vp-code-group .tabs input'

/** The choice of a tab holds for every group of tabs that has it, on this page and the next. */
export function rememberTabs(): void {
  addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.matches(inputs))) return
    const label = labelOf(target)
    if (/^\d{3}/.test(label)) return // a response, not a tool
    store(label)
    keepingInPlace(target, () => showTabs(label))
  })
}

/** Shows the tab that was chosen last, wherever a group has it. */
export function showChosenTabs(): void {
  const label = stored()
  if (label) showTabs(label)
}

function showTabs(label: string): void {
  for (const group of document.querySelectorAll('.vp-code-group')) {
    const tabs = [...group.querySelectorAll<HTMLInputElement>('.tabs input')]
    const chosen = tabs.findIndex((tab) => labelOf(tab) === label)
    if (chosen === -1) continue
    for (const [index, tab] of tabs.entries()) tab.checked = index === chosen
    for (const [index, block] of [...(group.querySelector('.blocks')?.children ?? [])].entries()) {
      block.classList.toggle('active', index === chosen)
    }
  }
}

/** Groups above may change their height; what was clicked stays under the pointer. */
function keepingInPlace(element: Element, change: () => void): void {
  const before = element.getBoundingClientRect().top
  change()
  scrollBy({ top: element.getBoundingClientRect().top - before, behavior: 'instant' })
}

function labelOf({ labels }: HTMLInputElement): string {
  return labels?.[0]?.textContent?.trim() ?? ''
}

/** Storage may be switched off; then the choice holds for this page only. */
function store(label: string): void {
  try {
    localStorage.setItem(key, label)
  } catch {}
}

function stored(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
