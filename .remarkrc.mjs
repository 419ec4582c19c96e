/** Places that are named in HTML, such as `<span id="…">` in a heading, count as anchors too. */
function namedPlaces() {
  return (tree) => name(tree)
}

function name(node) {
  const [, id] = (node.type === 'html' && /^<(?:a|span|div|details) id="([^"]+)"/.exec(node.value)) || []
  if (id !== undefined) node.data = { ...node.data, id }
  for (const child of node.children ?? []) name(child)
}

// Links and anchors between the Markdown files of this repository; nothing is fetched.
export default {
  plugins: [namedPlaces, ['remark-validate-links', { repository: 'particle-grants/particle-grants' }]],
}
