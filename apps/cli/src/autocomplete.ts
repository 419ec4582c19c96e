// By path: the plugin exports no command, since oclif looks them up in its folder, which a bundle does not have.
export { default as AutocompleteCreate } from '../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/create.js'
export { default as Autocomplete } from '../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js'
export { default as AutocompleteScript } from '../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js'
