// Links and anchors between the Markdown files of this repository; nothing is fetched.
export default {
  plugins: [['remark-validate-links', { repository: 'particle-grants/particle-grants' }]],
}
