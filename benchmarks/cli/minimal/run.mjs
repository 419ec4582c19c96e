import { execute } from '@oclif/core'

void execute({ dir: import.meta.url })
