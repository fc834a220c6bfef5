import { describe } from 'vitest'
import { testCompletion } from '../support/shell-completion.js'

describe('zsh', () => testCompletion('zsh'))
describe('fish', () => testCompletion('fish'))
