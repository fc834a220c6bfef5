import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { bringIntoView } from './chromium.js'

const longestWaitMs = 90_000

/** A notebook as a person has it before them, in JupyterLab or in Notebook 7. */
export class OpenNotebook {
  readonly page: Page

  private constructor(page: Page) {
    this.page = page
  }

  /** Opens it and waits until its kernel has answered: what is run before that is lost, though JupyterLab says "Idle". */
  static async open(page: Page, url: string): Promise<OpenNotebook> {
    page.setDefaultTimeout(longestWaitMs)
    const opened = new OpenNotebook(page)
    await Promise.all([opened.untilKernelAnswers(), page.goto(url)])
    await page.locator('.jp-Notebook').waitFor()
    await opened.untilIdle()
    return opened
  }

  /** Until a connection to a kernel is opened and the kernel has answered on it. */
  async untilKernelAnswers(): Promise<void> {
    const socket = await this.page.waitForEvent('websocket', (opened) => opened.url().includes('/channels'))
    await socket.waitForEvent('framereceived', ({ payload }) => payload.includes('"kernel_info_reply"'))
  }

  /** JupyterLab says it in its status bar, Notebook 7 by a sign above the notebook. */
  async untilIdle(): Promise<void> {
    const lab = this.page.getByText('TypeScript (xdrlab) | Idle')
    const notebook7 = this.page.locator('#main .jp-Notebook-ExecutionIndicator[data-status="idle"]')
    await lab.or(notebook7).first().waitFor()
  }

  /** The code cell that has this text. */
  cell(text: string): Cell {
    const all = this.page.locator('.jp-CodeCell')
    return new Cell(this.page, all.filter({ has: this.page.locator('.cm-content', { hasText: text }) }))
  }

  /** Puts a cell at the end of the notebook, with the cursor behind this code. */
  async append(code: string): Promise<Cell> {
    const cells = this.page.locator('.jp-CodeCell')
    const cell = new Cell(this.page, cells.nth(await cells.count()))
    await this.page.getByRole('button', { name: 'Click to add a cell.' }).click()
    await cell.write(code)
    return cell
  }

  /** Chooses an entry of a menu, or of a menu within it. */
  async choose(...names: [string, ...string[]]): Promise<void> {
    const [bar, ...entries] = names
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${bar}$`) }).click()
    for (const name of entries) {
      await this.page.locator('.lm-Menu-itemLabel').getByText(name, { exact: true }).click()
    }
  }

  /** Saves, and waits until the file is written. */
  async save(): Promise<void> {
    const saved = this.page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().includes('/api/contents/'),
    )
    await this.page.keyboard.press('Control+s')
    expect((await saved).ok()).toBe(true)
  }
}

/** One cell with its outputs. */
export class Cell {
  readonly #page: Page
  readonly #cell: Locator

  constructor(page: Page, cell: Locator) {
    this.#page = page
    this.#cell = cell
  }

  get editor(): Locator {
    return this.#cell.locator('.cm-content')
  }

  get outputs(): Locator {
    return this.#cell.locator('.jp-OutputArea-output')
  }

  /** Where a question is answered. */
  get input(): Locator {
    return this.#cell.locator('.jp-Stdin-input')
  }

  /** Writes at its end. */
  async write(code: string): Promise<void> {
    await this.editor.click()
    await this.#page.keyboard.press('Control+End')
    await this.#page.keyboard.insertText(code)
  }

  /** For a picture of what follows it. */
  async bringToTop(): Promise<void> {
    await this.editor.evaluate((element) => element.scrollIntoView({ block: 'start' }))
  }

  /** Runs it, and waits for nothing. */
  async start(): Promise<void> {
    await bringIntoView(this.editor)
    await this.editor.click()
    await this.#page.keyboard.press('Control+Enter')
  }

  /** Runs it to its end. */
  async run(): Promise<void> {
    await this.start()
    await this.untilRun()
  }

  /** Until its number stands before it. */
  async untilRun(): Promise<void> {
    await this.#cell.locator('.jp-InputPrompt', { hasText: /^\[\d+\]:$/ }).waitFor({ state: 'attached' })
  }

  /** Waits until an output says this, and brings it onto the screen. */
  async see(text: string | RegExp): Promise<Locator> {
    const output = this.outputs.filter({ hasText: text }).first()
    await output.waitFor({ state: 'attached' })
    await bringIntoView(output)
    return output
  }
}
