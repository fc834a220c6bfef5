import { prepareTestVenv } from './jupyter-setup.js'

/** Once before the templates run: papermill is there. Each run brings its own kernelspec. */
export async function setup(): Promise<void> {
  await prepareTestVenv()
}
