const key = 'particle-grants:tab'
const inputs = '.vp-code-group .tabs input'

/** Selects the clicked tab in every group that has it, on this page and the next ones. */
export function rememberTabs(): void {
  addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.matches(inputs))) return
    const label = labelOf(target)
    if (/^\d{3}/.test(label)) return // a response, not a tool
    store(label)
    keepingInPlace(target, () => showTabs(label))
  })
}

/** Selects the last chosen tab in every group that has it. */
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

/** Keeps the clicked element under the pointer, because groups above it may change their height. */
function keepingInPlace(element: Element, change: () => void): void {
  const before = element.getBoundingClientRect().top
  change()
  scrollBy({ top: element.getBoundingClientRect().top - before, behavior: 'instant' })
}

function labelOf({ labels }: HTMLInputElement): string {
  return labels?.[0]?.textContent?.trim() ?? ''
}

/** Stores the choice. Without storage it is valid for this page only. */
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
