import type { MimeBundle } from '../display.js'
import type { View } from '../screen/screen.js'
import { htmlTable } from './table-html.js'
import { type TableContent, TableModel } from './table-model.js'
import { type DataResource, dataResource, resourceMimeType } from './table-resource.js'
import { textTable } from './table-text.js'

/** Characters a line of a text table, where no terminal says its own. */
const usualTextWidth = 120

/** A table in all its forms, each made when it is asked for. */
export class TableView implements View {
  readonly #model: TableModel
  readonly #textWidth: number

  /** @param textWidth characters a line of the text form */
  constructor(content: TableContent, textWidth: number = terminalWidth()) {
    this.#model = new TableModel(content)
    this.#textWidth = textWidth
  }

  get text(): string {
    return textTable(this.#model, this.#textWidth)
  }

  get html(): string {
    return htmlTable(this.#model)
  }

  get data(): { [resourceMimeType]: DataResource } {
    return { [resourceMimeType]: dataResource(this.#model) }
  }

  /** For notebooks. */
  bundle(): MimeBundle {
    return { 'text/plain': this.text, 'text/html': this.html, ...this.data }
  }
}

/** `COLUMNS` is how a shell, or `xdrlab run`, tells a process that has no terminal of its own. */
function terminalWidth(): number {
  return Number(process.env.COLUMNS) || usualTextWidth
}
