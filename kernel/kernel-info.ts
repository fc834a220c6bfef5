import { version } from '../src/package.js'
import { protocolVersion } from './message.js'

/** The content of `kernel_info_reply`. */
export const kernelInfo = {
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'xdrlab',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: '7.0',
    // JupyterLab's own registry knows TypeScript by this type and name, VS Code by the name above.
    mimetype: 'application/typescript',
    codemirror_mode: 'typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    nbconvert_exporter: 'script',
  },
  banner: `xdrlab ${version}: TypeScript notebooks for XDR platforms (Node ${process.versions.node})`,
  help_links: [{ text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' }],
  // Named here would be `debugger` and `kernel subshells`: front ends then offer what we cannot keep.
  debugger: false,
  supported_features: [],
}
